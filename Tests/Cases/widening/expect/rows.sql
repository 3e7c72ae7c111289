SELECT id, amount, code, day, big, extra, _source FROM codes
