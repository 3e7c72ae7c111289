SELECT indicator_id, count(*) AS pairs FROM warehouse.weighted_distances GROUP BY ALL
