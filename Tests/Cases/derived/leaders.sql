SELECT zones.name AS zone, arg_max(zip, calls) AS zip, max(calls) AS calls
FROM zips JOIN zones USING (zip)
GROUP BY ALL;
