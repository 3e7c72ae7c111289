SELECT * EXCLUDE (_source, _seq) FROM lake.calls
