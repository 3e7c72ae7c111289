-- How many calls each zip code has, the newest, and which kinds.
SELECT
    zip,
    count(*) AS calls,
    max(time) AS newest,
    list(DISTINCT kind ORDER BY kind) AS kinds,
    round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM calls
GROUP BY zip
