-- Lake and warehouse hold the same rows of every table that a query makes.
SELECT 'complaint_types' AS name, (SELECT count(*) FROM (FROM lake.complaint_types EXCEPT ALL FROM warehouse.complaint_types)) AS others, (SELECT count(*) FROM lake.complaint_types) AS rows
UNION ALL SELECT 'complaints_by_zip', (SELECT count(*) FROM (FROM lake.complaints_by_zip EXCEPT ALL FROM warehouse.complaints_by_zip)), (SELECT count(*) FROM lake.complaints_by_zip)
UNION ALL SELECT 'types_by_zip', (SELECT count(*) FROM (FROM lake.types_by_zip EXCEPT ALL FROM warehouse.types_by_zip)), (SELECT count(*) FROM lake.types_by_zip)
UNION ALL SELECT 'awards', (SELECT count(*) FROM (FROM lake.awards EXCEPT ALL FROM warehouse.awards)), (SELECT count(*) FROM lake.awards)
UNION ALL SELECT 'live_complaints', (SELECT count(*) FROM (FROM lake.live_complaints EXCEPT ALL FROM warehouse.live_complaints)), (SELECT count(*) FROM lake.live_complaints)
