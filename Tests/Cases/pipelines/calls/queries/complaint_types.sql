-- Which types of complaints are there?
SELECT complaint_type, calls FROM warehouse.complaint_types ORDER BY calls DESC, complaint_type
