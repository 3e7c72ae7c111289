SELECT count(*) AS differing FROM (
    (SELECT item, count, _source, _seq FROM lake.stock EXCEPT ALL SELECT item, count, _source, _seq FROM warehouse.stock)
    UNION ALL
    (SELECT item, count, _source, _seq FROM warehouse.stock EXCEPT ALL SELECT item, count, _source, _seq FROM lake.stock)
)
