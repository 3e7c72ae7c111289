SELECT id, name, _source FROM lenient
