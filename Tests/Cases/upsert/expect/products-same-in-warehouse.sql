SELECT count(*) AS differing FROM (
    (SELECT region, meta, price, title, _source, _seq FROM lake.products EXCEPT ALL SELECT region, meta, price, title, _source, _seq FROM warehouse.products)
    UNION ALL
    (SELECT region, meta, price, title, _source, _seq FROM warehouse.products EXCEPT ALL SELECT region, meta, price, title, _source, _seq FROM lake.products)
)
