SELECT count(*) AS differing FROM (
    (SELECT id, name, _source, _seq FROM lake.strict EXCEPT ALL SELECT id, name, _source, _seq FROM warehouse.strict)
    UNION ALL
    (SELECT id, name, _source, _seq FROM warehouse.strict EXCEPT ALL SELECT id, name, _source, _seq FROM lake.strict)
)
