SELECT count(*) AS differing FROM (
    (SELECT id, full_name, born, height_m, active, post_code, seen_at, note, _source, _seq FROM lake.people EXCEPT ALL SELECT id, full_name, born, height_m, active, post_code, seen_at, note, _source, _seq FROM warehouse.people)
    UNION ALL
    (SELECT id, full_name, born, height_m, active, post_code, seen_at, note, _source, _seq FROM warehouse.people EXCEPT ALL SELECT id, full_name, born, height_m, active, post_code, seen_at, note, _source, _seq FROM lake.people)
)
