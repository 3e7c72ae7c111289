-- How many users joined in each year? One who joined twice in a year counts once.
SELECT year(date_joined) AS post_year, count(DISTINCT user_name) AS number_users_joined
FROM users
GROUP BY post_year
ORDER BY post_year
