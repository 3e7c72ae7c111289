SELECT id, epoch(seen)::BIGINT AS seen, len(a) AS length, a[2] AS second, s.x AS x FROM lake.readings
