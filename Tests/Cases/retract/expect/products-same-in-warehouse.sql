SELECT count(*) AS differing FROM (
    (SELECT sku,name,stock, _source, _seq FROM lake.products EXCEPT ALL SELECT sku,name,stock, _source, _seq FROM warehouse.products)
    UNION ALL
    (SELECT sku,name,stock, _source, _seq FROM warehouse.products EXCEPT ALL SELECT sku,name,stock, _source, _seq FROM lake.products)
)
