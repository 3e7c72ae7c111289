-- Types of calls per zip code of Manhattan and around: Manhattan and Staten Island (100 to 103), the Bronx (104), and
-- across the East River (111, 112).
SELECT zip, complaint_type, count(*) AS calls, max(created) AS last_call
FROM calls
WHERE regexp_full_match(zip, '1(0[0-4]|1[12])[0-9]{2}') AND complaint_type IS NOT NULL
GROUP BY zip, complaint_type
