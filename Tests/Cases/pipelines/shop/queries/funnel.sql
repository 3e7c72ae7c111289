-- How many visitors look, put something into the basket, and buy.
WITH visitors AS (
    SELECT visitorid, bool_or(event = 'view') AS viewed, bool_or(event = 'addtocart') AS added,
           bool_or(event = 'transaction') AS bought
    FROM events GROUP BY visitorid
), steps AS (
    SELECT unnest([1, 2, 3]) AS step, unnest(['view', 'addtocart', 'transaction']) AS event,
           unnest([count(*) FILTER (viewed), count(*) FILTER (added), count(*) FILTER (bought)]) AS visitors
    FROM visitors
)
SELECT event, visitors, round(100 * visitors / first_value(visitors) OVER (ORDER BY step), 2) AS percent_of_viewers
FROM steps ORDER BY step
