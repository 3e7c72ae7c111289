SELECT _source, count(*) AS rows, count(closed) AS closed, count(DISTINCT id) AS ids, min(created) AS first, max(created) AS last, count(zip) AS zips FROM calls GROUP BY _source
