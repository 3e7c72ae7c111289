-- Which category was the most popular in each year from 2018 to 2022?
SELECT year(timestamp) AS post_year, category, count(*) AS category_count
FROM posts JOIN places USING (ind)
WHERE year(timestamp) BETWEEN 2018 AND 2022
GROUP BY post_year, category
QUALIFY rank() OVER (PARTITION BY post_year ORDER BY category_count DESC) = 1
ORDER BY post_year, category
