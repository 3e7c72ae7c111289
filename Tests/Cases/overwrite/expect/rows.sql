SELECT item, count, _source FROM stock
