-- The first book was changed twice, the second was left out twice and is still there.
SELECT name, pages, publisher, isbn, dense_rank() OVER (ORDER BY _seq) AS from_dump FROM warehouse.books
