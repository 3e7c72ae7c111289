SELECT * EXCLUDE (_seq) FROM lake.calls
