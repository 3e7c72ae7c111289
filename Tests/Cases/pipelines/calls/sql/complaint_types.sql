-- Every type of complaint, with the agencies that see to it.
SELECT complaint_type,
       count(*) AS calls,
       list(DISTINCT agency ORDER BY agency) AS agencies,
       min(created) AS first_call,
       max(created) AS last_call
FROM calls
WHERE complaint_type IS NOT NULL
GROUP BY complaint_type
