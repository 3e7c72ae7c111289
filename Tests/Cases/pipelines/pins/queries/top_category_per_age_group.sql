-- Which category is the most popular in each age group?
SELECT CASE WHEN age <= 24 THEN '18-24' WHEN age <= 35 THEN '25-35' WHEN age <= 50 THEN '36-50' ELSE '50+' END AS age_group,
       category, count(*) AS category_count
FROM posts JOIN users USING (ind)
GROUP BY age_group, category
QUALIFY rank() OVER (PARTITION BY age_group ORDER BY category_count DESC) = 1
ORDER BY age_group, category
