SELECT count(*) AS differing FROM (
    (SELECT id, amount, code, day, big, extra, _source, _seq FROM lake.codes EXCEPT ALL SELECT id, amount, code, day, big, extra, _source, _seq FROM warehouse.codes)
    UNION ALL
    (SELECT id, amount, code, day, big, extra, _source, _seq FROM warehouse.codes EXCEPT ALL SELECT id, amount, code, day, big, extra, _source, _seq FROM lake.codes)
)
