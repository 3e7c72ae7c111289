-- The two tables that the front end reads. Their columns are those that `load` would make.
CREATE TABLE weighted_distances (
    indicator_id text, locale text, comp_locale text,
    correlation double precision, adjusted_correlation double precision,
    distance double precision, weighted_distance double precision,
    n_intervals integer, n_dimensions integer, intervals_set bigint, dimensions_set bigint);
CREATE TABLE distances_over_time (
    indicator_id text, locale text, comp_locale text, "interval" text, distance double precision);
