-- How a property of an item changed: each value with the time from which it held.
-- param: item bigint = 11406
-- param: property = available
SELECT time AS since, value
FROM item_properties
WHERE property = $property AND itemid = $item
QUALIFY value IS DISTINCT FROM lag(value) OVER (ORDER BY time)
ORDER BY time
