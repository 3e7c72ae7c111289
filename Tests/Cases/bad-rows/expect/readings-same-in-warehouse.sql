SELECT count(*) AS differing FROM (
    (SELECT id, taken, amount, note, _source, _seq FROM lake.readings EXCEPT ALL SELECT id, taken, amount, note, _source, _seq FROM warehouse.readings)
    UNION ALL
    (SELECT id, taken, amount, note, _source, _seq FROM warehouse.readings EXCEPT ALL SELECT id, taken, amount, note, _source, _seq FROM lake.readings)
)
