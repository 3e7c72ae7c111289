SELECT * EXCLUDE (_seq, _source) FROM lake.parts
