-- All reviews that were ever sent, and what became of those that the second dump changed or left out.
SELECT count(*) AS reviews, count(*) FILTER (updated > '2021-12-22 08:59:59+00') AS changed,
       count(*) FILTER (_seq < (SELECT max(_seq) FROM lake.reviews)) AS left_out
FROM lake.reviews
