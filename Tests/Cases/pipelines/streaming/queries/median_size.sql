-- How large is the median session?
SELECT round(median(size_mb), 3) AS median_mb FROM warehouse.streams
