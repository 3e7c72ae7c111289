-- How many followers has each poster in each country, the most followed first?
SELECT country, poster_name, max(follower_count) AS follower_count
FROM posts JOIN places USING (ind)
GROUP BY country, poster_name
ORDER BY follower_count DESC NULLS LAST, country, poster_name
