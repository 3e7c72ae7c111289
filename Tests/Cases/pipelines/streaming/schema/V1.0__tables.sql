-- Tables that views need before the first file came. Their columns are those that `load` would make.
CREATE TABLE movies (
    title varchar, duration_mins bigint, original_language varchar, size_mb bigint,
    _source varchar, _seq bigint);
CREATE TABLE streams (
    movie_title varchar, user_email varchar, size_mb double precision,
    start_at timestamp with time zone, end_at timestamp with time zone,
    _source varchar, _seq bigint);
