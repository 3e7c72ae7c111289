-- Which categories sell best, each with all that is below it?
-- param: most bigint = 5
WITH RECURSIVE within(categoryid, top) AS (
    SELECT categoryid, categoryid FROM category_tree
    UNION ALL
    SELECT child.categoryid, top FROM within JOIN category_tree child ON child.parentid = within.categoryid
), placed AS (
    SELECT itemid, arg_max(value, time)::BIGINT AS categoryid
    FROM item_properties WHERE property = 'categoryid' GROUP BY itemid
)
SELECT top AS categoryid, count(*) AS sold
FROM events JOIN placed USING (itemid) JOIN within USING (categoryid)
WHERE event = 'transaction'
GROUP BY top
ORDER BY sold DESC, categoryid
LIMIT $most
