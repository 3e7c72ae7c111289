SELECT count(*) AS differing FROM (
    (SELECT item,price, _source, _seq FROM lake.prices EXCEPT ALL SELECT item,price, _source, _seq FROM warehouse.prices)
    UNION ALL
    (SELECT item,price, _source, _seq FROM warehouse.prices EXCEPT ALL SELECT item,price, _source, _seq FROM lake.prices)
)
