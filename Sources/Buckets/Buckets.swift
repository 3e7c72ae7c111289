// Buckets
