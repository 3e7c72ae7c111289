-- "Places like X for indicator Y", nearest first; and how far two places were apart, year by year.
CREATE INDEX weighted_distances_nearest ON weighted_distances (indicator_id, locale, weighted_distance);
CREATE INDEX distances_over_time_pair ON distances_over_time (indicator_id, locale, comp_locale);
