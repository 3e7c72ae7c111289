SELECT sensor, count(*) AS readings, sum(value) AS total, min(taken) AS first
FROM readings GROUP BY sensor
