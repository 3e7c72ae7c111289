-- How many of the streamed movies are based on books by Singaporean authors?
WITH author AS (
    SELECT metadata.name AS name FROM lake.authors
    WHERE list_contains(list_transform(nationalities, lambda n: n.label), 'Singaporeans')
), book AS (
    SELECT lower(books.name) AS title FROM lake.books JOIN author ON lower(books.author) = lower(author.name)
), review AS (
    SELECT lower(unnest(books).metadata.title) AS book, movies FROM lake.reviews
), movie AS (
    SELECT DISTINCT lower(unnest(movies).title) AS title FROM review WHERE book IN (SELECT title FROM book)
)
SELECT count(DISTINCT lower(movie_title)) AS movies
FROM lake.streams WHERE lower(movie_title) IN (SELECT title FROM movie)
