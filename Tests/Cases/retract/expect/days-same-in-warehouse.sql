SELECT count(*) AS differing FROM (
    (SELECT day,shop,sold, _source, _seq FROM lake.days EXCEPT ALL SELECT day,shop,sold, _source, _seq FROM warehouse.days)
    UNION ALL
    (SELECT day,shop,sold, _source, _seq FROM warehouse.days EXCEPT ALL SELECT day,shop,sold, _source, _seq FROM lake.days)
)
