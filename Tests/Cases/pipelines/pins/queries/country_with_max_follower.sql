-- In which country is the most followed poster? Of equals, that of the latest post.
SELECT country, follower_count
FROM posts JOIN places USING (ind)
ORDER BY follower_count DESC NULLS LAST, timestamp DESC
LIMIT 1
