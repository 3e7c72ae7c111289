SELECT count(*) AS differing FROM (
    (SELECT "order", placed, customer, lines, _source, _seq FROM lake.orders EXCEPT ALL SELECT "order", placed, customer, lines, _source, _seq FROM warehouse.orders)
    UNION ALL
    (SELECT "order", placed, customer, lines, _source, _seq FROM warehouse.orders EXCEPT ALL SELECT "order", placed, customer, lines, _source, _seq FROM lake.orders)
)
