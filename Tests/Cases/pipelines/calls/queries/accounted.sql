-- What has become of the records of each file?
SELECT source AS file, rows, rejects FROM warehouse.sluice_loads
WHERE source LIKE 'stage-1/%' AND status = 'loaded'
ORDER BY file
