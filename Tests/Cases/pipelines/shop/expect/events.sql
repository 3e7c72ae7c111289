SELECT split_part(_source, '/', 3) AS file, event, count(*) AS events, min(time) AS first, max(time) AS last, count(transactionid) AS orders
FROM events GROUP BY ALL
