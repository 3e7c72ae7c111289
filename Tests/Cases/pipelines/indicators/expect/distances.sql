SELECT indicator_id, locale, comp_locale, weighted_distance, n_intervals, n_dimensions
FROM warehouse.weighted_distances WHERE locale IN ('US:ST:MN', 'US:ST:KS') ORDER BY ALL
