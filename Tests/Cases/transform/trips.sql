-- Kilometres instead of miles, one row a leg, and nothing of cancelled trips.
SELECT trip, leg_number, round(miles * 1.609344, 3) AS km, upper(city) AS city
FROM (
    SELECT trip, generate_subscripts(string_split(cities, '|'), 1) AS leg_number,
        unnest(string_split(cities, '|')) AS city, miles, status
    FROM source
)
WHERE status <> 'cancelled'
