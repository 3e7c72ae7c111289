-- Which places are most like a place in an indicator?
-- param: indicator = HEALTH:BIRTHS
-- param: place = US:ST:MN
-- param: top bigint = 5
SELECT comp_locale AS place, correlation, adjusted_correlation, distance, weighted_distance
FROM warehouse.weighted_distances
WHERE indicator_id = $indicator AND locale = $place AND comp_locale <> locale
ORDER BY weighted_distance, comp_locale
LIMIT $top
