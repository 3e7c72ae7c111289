SELECT count(*) AS differing FROM (
    (SELECT indicator_id, locale, "interval", dimension_id, value, _source, _seq FROM lake.indicators EXCEPT ALL SELECT indicator_id, locale, "interval", dimension_id, value, _source, _seq FROM warehouse.indicators)
    UNION ALL
    (SELECT indicator_id, locale, "interval", dimension_id, value, _source, _seq FROM warehouse.indicators EXCEPT ALL SELECT indicator_id, locale, "interval", dimension_id, value, _source, _seq FROM lake.indicators)
)
