SELECT "order", line.sku, line.count * line.price AS total
FROM (SELECT "order", unnest(lines) AS line FROM lake.orders)
