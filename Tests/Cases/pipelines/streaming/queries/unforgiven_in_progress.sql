-- How many users were watching Unforgiven at any time of that morning?
SELECT count(DISTINCT user_email) AS users
FROM warehouse.streams
WHERE lower(movie_title) = 'unforgiven'
  AND start_at < TIMESTAMPTZ '2021-12-25 12:00:00+01' AND end_at > TIMESTAMPTZ '2021-12-25 07:00:00+01'
