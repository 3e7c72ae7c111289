-- The second author has died; the third was missing from the later dump and is still there.
SELECT metadata.name AS name, metadata.died_at AS died_at, nationalities[1].label AS nationality,
       dense_rank() OVER (ORDER BY _seq) AS from_dump
FROM lake.authors
