-- Calls per zip code. What is no zip code of five digits counts as none.
SELECT CASE WHEN regexp_full_match(zip, '[0-9]{5}') THEN zip END AS zip,
       count(*) AS calls,
       count(*) FILTER (WHERE status = 'Closed') AS closed,
       max(created) AS last_call
FROM calls
GROUP BY 1
