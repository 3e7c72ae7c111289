-- Which indicators are there, from which file, how large, and how many pairs of places were compared?
SELECT i.indicator_id AS indicator, i.file, i.rows, i.places, i.years, coalesce(d.pairs, 0) AS pairs
FROM (SELECT indicator_id, min(_source) AS file, count(*) AS rows, count(DISTINCT locale) AS places,
             count(DISTINCT "interval") AS years
      FROM lake.indicators GROUP BY indicator_id) i
LEFT JOIN (SELECT indicator_id, count(*) AS pairs FROM warehouse.weighted_distances GROUP BY indicator_id) d
       ON d.indicator_id = i.indicator_id
ORDER BY indicator
