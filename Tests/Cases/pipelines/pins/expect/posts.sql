-- Every post once, without the texts that stand for nothing.
SELECT * EXCLUDE (_source, _seq) FROM posts
WHERE title IS NULL OR description IS NULL OR follower_count >= 1000000 OR follower_count < 200
ORDER BY ind
