SELECT id, code, typeof(code) AS type, _source FROM lake.t
