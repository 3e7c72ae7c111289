SELECT indicator_id, count(*) AS pairs FROM lake.weighted_distances GROUP BY ALL
