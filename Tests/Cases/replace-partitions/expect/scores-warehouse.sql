SELECT * EXCLUDE (_seq) FROM warehouse.scores
