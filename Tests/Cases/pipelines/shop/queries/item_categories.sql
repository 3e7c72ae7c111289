-- The category of an item and those above it, up to the root of the tree.
-- param: item bigint = 11406
WITH RECURSIVE up(step, categoryid, parentid) AS (
    SELECT 0, categoryid, parentid
    FROM category_tree
    WHERE categoryid = (
        SELECT arg_max(value, time)::BIGINT FROM item_properties WHERE property = 'categoryid' AND itemid = $item)
    UNION ALL
    SELECT step + 1, above.categoryid, above.parentid
    FROM up JOIN category_tree above ON above.categoryid = up.parentid
)
SELECT step, categoryid FROM up ORDER BY step
