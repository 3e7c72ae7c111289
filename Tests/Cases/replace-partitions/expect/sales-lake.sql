SELECT * EXCLUDE (_seq) FROM lake.sales
