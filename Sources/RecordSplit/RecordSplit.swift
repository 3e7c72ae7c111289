// RecordSplit
