-- What visitors did with an item: one kind of event.
-- param: item bigint = 11406
-- param: event = transaction
SELECT time, visitorid, transactionid
FROM events
WHERE event = $event AND itemid = $item
ORDER BY time, visitorid
