SELECT property, property_bucket_16 AS bucket, count(*) AS values, min(time) AS first, max(time) AS last
FROM item_properties GROUP BY ALL
