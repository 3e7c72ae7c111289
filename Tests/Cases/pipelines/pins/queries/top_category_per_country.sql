-- Which category is the most popular in each country? Equal ones all count.
SELECT country, category, count(*) AS category_count
FROM posts JOIN places USING (ind)
GROUP BY country, category
QUALIFY rank() OVER (PARTITION BY country ORDER BY category_count DESC) = 1
ORDER BY country, category
