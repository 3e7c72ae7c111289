-- How many complaints has each zip code?
SELECT zip, calls, closed FROM warehouse.complaints_by_zip ORDER BY calls DESC, zip
