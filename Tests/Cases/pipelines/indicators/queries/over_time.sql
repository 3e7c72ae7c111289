-- How far were two places apart in an indicator, year by year?
-- param: indicator = HEALTH:BIRTHS
-- param: place = US:ST:MN
-- param: other = US:ST:WI
SELECT "interval", distance
FROM warehouse.distances_over_time
WHERE indicator_id = $indicator AND locale = $place AND comp_locale = $other
ORDER BY "interval"
