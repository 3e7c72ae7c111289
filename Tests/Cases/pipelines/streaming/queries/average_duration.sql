-- How long is a session on average?
SELECT round(avg(epoch(end_at - start_at)) / 3600, 2) AS hours FROM warehouse.streams
