-- Rows that lake and warehouse do not share; none.
SELECT 'streams' AS "table", count(*) AS rows FROM (FROM lake.streams EXCEPT ALL FROM warehouse.streams)
UNION ALL SELECT 'users', count(*) FROM (FROM lake.users EXCEPT ALL FROM warehouse.users)
UNION ALL SELECT 'movies', count(*) FROM (FROM lake.movies EXCEPT ALL FROM warehouse.movies)
UNION ALL SELECT 'books', count(*) FROM (FROM lake.books EXCEPT ALL FROM warehouse.books)
UNION ALL SELECT 'books', count(*) FROM (FROM warehouse.books EXCEPT ALL FROM lake.books)
