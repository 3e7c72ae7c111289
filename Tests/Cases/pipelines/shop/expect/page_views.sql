SELECT time_day, count(*) AS views, min(time) AS first, max(time) AS last FROM page_views GROUP BY time_day
