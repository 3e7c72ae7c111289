-- Calls per zip code and window of 30 seconds, by the time of the call. A call that came twice counts once.
SELECT zip,
       time_bucket(INTERVAL 30 SECOND, time) AS window_start,
       count(*) AS calls,
       mode(complaint ORDER BY complaint) AS leading_complaint
FROM (SELECT DISTINCT source, time, zip, complaint FROM calls_live)
GROUP BY zip, window_start
