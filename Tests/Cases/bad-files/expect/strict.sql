SELECT id, name, _source FROM strict
