-- Which zip code leads in each of six types of complaints?
SELECT award, zip, calls FROM warehouse.awards ORDER BY award, zip
