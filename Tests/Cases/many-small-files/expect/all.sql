SELECT count(*) AS rows, count(DISTINCT n) AS numbers, sum(n) AS total, count(DISTINCT _source) AS files
FROM ticks
