-- A session with the part of its movie that was watched: 1 is all of it, more than 1 a pause or a second time.
CREATE VIEW sessions AS
SELECT s.user_email, s.movie_title, s.start_at, s.end_at,
       extract(epoch FROM s.end_at - s.start_at) / 60 / m.duration_mins AS watched
FROM streams s JOIN movies m ON lower(m.title) = lower(s.movie_title);
