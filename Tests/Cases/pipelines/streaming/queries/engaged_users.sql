-- How many users watched at least half of a movie in the last week of the year?
SELECT count(DISTINCT user_email) AS users
FROM warehouse.sessions
WHERE start_at >= TIMESTAMPTZ '2021-12-25 00:00:00+00' AND start_at < TIMESTAMPTZ '2022-01-01 00:00:00+00'
  AND watched BETWEEN 0.5 AND 1
