SELECT count(*) AS differing FROM (
    (SELECT sensor, taken, value, _source, _seq FROM lake.readings EXCEPT ALL SELECT sensor, taken, value, _source, _seq FROM warehouse.readings)
    UNION ALL
    (SELECT sensor, taken, value, _source, _seq FROM warehouse.readings EXCEPT ALL SELECT sensor, taken, value, _source, _seq FROM lake.readings)
)
