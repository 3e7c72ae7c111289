SELECT id, full_name, born, height_m, active, post_code, seen_at, note, _source
FROM people
ORDER BY id
