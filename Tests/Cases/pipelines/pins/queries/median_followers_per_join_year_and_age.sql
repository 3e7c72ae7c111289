-- The same for each age group.
SELECT CASE WHEN age <= 24 THEN '18-24' WHEN age <= 35 THEN '25-35' WHEN age <= 50 THEN '36-50' ELSE '50+' END AS age_group,
       year(date_joined) AS post_year, median(follower_count) AS median_follower_count
FROM posts JOIN users USING (ind)
GROUP BY age_group, post_year
ORDER BY age_group, post_year
