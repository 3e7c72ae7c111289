SELECT * EXCLUDE (_seq, _source) FROM warehouse.parts
