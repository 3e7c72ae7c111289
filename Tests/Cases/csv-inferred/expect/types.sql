SELECT typeof(id) AS id, typeof(full_name) AS full_name, typeof(born) AS born,
    typeof(height_m) AS height_m, typeof(active) AS active, typeof(post_code) AS post_code,
    typeof(seen_at) AS seen_at, typeof(note) AS note
FROM lake.people
WHERE id = 1
