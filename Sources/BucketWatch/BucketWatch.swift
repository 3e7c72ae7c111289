// BucketWatch
