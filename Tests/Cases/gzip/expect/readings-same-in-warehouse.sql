SELECT count(*) AS differing FROM (
    (SELECT sensor, at, value, _source, _seq FROM lake.readings EXCEPT ALL SELECT sensor, at, value, _source, _seq FROM warehouse.readings)
    UNION ALL
    (SELECT sensor, at, value, _source, _seq FROM warehouse.readings EXCEPT ALL SELECT sensor, at, value, _source, _seq FROM lake.readings)
)
