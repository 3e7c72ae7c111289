-- Tables that views need before the first file came. Their columns are those that `load` would make.
CREATE TABLE movies (
    title text, duration_mins bigint, original_language text, size_mb bigint,
    _source text, _seq bigint);
CREATE TABLE streams (
    movie_title text, user_email text, size_mb double precision,
    start_at timestamp with time zone, end_at timestamp with time zone,
    _source text, _seq bigint);
