SELECT count(*) AS differing FROM (
    (SELECT item, sold, year, region, _source, _seq FROM lake.sales EXCEPT ALL SELECT item, sold, year, region, _source, _seq FROM warehouse.sales)
    UNION ALL
    (SELECT item, sold, year, region, _source, _seq FROM warehouse.sales EXCEPT ALL SELECT item, sold, year, region, _source, _seq FROM lake.sales)
)
