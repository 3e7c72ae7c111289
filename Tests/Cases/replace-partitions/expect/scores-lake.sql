SELECT * EXCLUDE (_seq) FROM lake.scores
