SELECT sensor, count(*) AS readings, sum(value) AS total, min(at) AS first
FROM readings GROUP BY sensor
