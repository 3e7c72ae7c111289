SELECT indicator_id, locale, "interval", dimension_id, value, _source
FROM indicators
ORDER BY indicator_id, locale, "interval"
