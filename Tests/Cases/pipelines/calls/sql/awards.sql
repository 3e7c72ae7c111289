-- The neighbourhood awards: the zip code with the most calls of each of six types. Equal ones share an award.
SELECT award, zip, calls
FROM types_by_zip
JOIN (
    VALUES ('loudest', 'Noise - Residential'),
           ('worst parked', 'Illegal Parking'),
           ('coldest', 'HEAT/HOT WATER'),
           ('most potholes', 'Street Condition'),
           ('most rats', 'Rodent'),
           ('most painted', 'Graffiti')
) AS awards(award, complaint_type) USING (complaint_type)
QUALIFY rank() OVER (PARTITION BY award ORDER BY calls DESC) = 1
ORDER BY award, zip
