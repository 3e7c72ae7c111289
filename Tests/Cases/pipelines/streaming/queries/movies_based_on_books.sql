-- What percentage of the streamed movies is based on books?
-- Reviews are the only place that ties movies to books; titles are compared without regard to case.
WITH streamed AS (SELECT DISTINCT lower(movie_title) AS title FROM lake.streams),
     reviewed AS (SELECT DISTINCT lower(unnest(movies).title) AS title FROM lake.reviews)
SELECT round(100 * count(reviewed.title) / count(*), 2) AS percentage,
       count(reviewed.title) AS based_on_books,
       count(*) AS streamed_movies
FROM streamed LEFT JOIN reviewed USING (title)
