SELECT "order", placed, customer.id AS customer, customer.address.city AS city,
    customer.address.zip AS zip, len(lines) AS lines
FROM orders
ORDER BY "order"
