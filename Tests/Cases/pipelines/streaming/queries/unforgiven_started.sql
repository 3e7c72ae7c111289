-- How many users began to watch Unforgiven on Christmas Day between 7 and 12 o'clock, Berlin time?
SELECT count(DISTINCT user_email) AS users
FROM warehouse.streams
WHERE lower(movie_title) = 'unforgiven'
  AND start_at >= TIMESTAMPTZ '2021-12-25 07:00:00+01' AND start_at < TIMESTAMPTZ '2021-12-25 12:00:00+01'
