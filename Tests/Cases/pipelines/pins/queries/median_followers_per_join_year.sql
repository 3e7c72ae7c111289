-- How many followers has the median poster of those who joined in a year?
SELECT year(date_joined) AS post_year, median(follower_count) AS median_follower_count
FROM posts JOIN users USING (ind)
GROUP BY post_year
ORDER BY post_year
