-- Page views of a day by the hour.
-- param: day date = 2015-06-01
SELECT date_trunc('hour', time) AS hour, count(*) AS views, round(avg(ms), 1) AS mean_ms
FROM page_views
WHERE time_day = $day
GROUP BY hour
ORDER BY hour
