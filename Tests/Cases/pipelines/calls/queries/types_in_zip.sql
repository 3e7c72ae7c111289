-- Which types of calls come from a zip code?
-- param: zip = 10001
SELECT complaint_type, calls FROM warehouse.types_by_zip WHERE zip = $zip ORDER BY calls DESC, complaint_type
