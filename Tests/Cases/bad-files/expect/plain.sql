SELECT id, name, _source FROM plain
