SELECT * EXCLUDE (_seq) FROM warehouse.sales
