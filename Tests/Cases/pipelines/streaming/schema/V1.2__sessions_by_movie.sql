CREATE INDEX streams_by_movie ON streams (movie_title);
