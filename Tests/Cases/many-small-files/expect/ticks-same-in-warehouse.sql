SELECT count(*) AS differing FROM (
    (SELECT n, label, _source, _seq FROM lake.ticks EXCEPT ALL SELECT n, label, _source, _seq FROM warehouse.ticks)
    UNION ALL
    (SELECT n, label, _source, _seq FROM warehouse.ticks EXCEPT ALL SELECT n, label, _source, _seq FROM lake.ticks)
)
