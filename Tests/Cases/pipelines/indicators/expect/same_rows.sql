-- Lake and warehouse hold the same distances: no row of either is missing in the other.
SELECT 'weighted_distances' AS name, count(*) AS rows_that_differ FROM (
    (FROM lake.weighted_distances EXCEPT ALL FROM warehouse.weighted_distances) UNION ALL
    (FROM warehouse.weighted_distances EXCEPT ALL FROM lake.weighted_distances))
UNION ALL
SELECT 'distances_over_time', count(*) FROM (
    (FROM lake.distances_over_time EXCEPT ALL FROM warehouse.distances_over_time) UNION ALL
    (FROM warehouse.distances_over_time EXCEPT ALL FROM lake.distances_over_time))
ORDER BY name
