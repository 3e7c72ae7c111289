SELECT count(*) AS differing FROM (
    (SELECT number, body, signed, _source, _seq FROM lake.letters EXCEPT ALL SELECT number, body, signed, _source, _seq FROM warehouse.letters)
    UNION ALL
    (SELECT number, body, signed, _source, _seq FROM warehouse.letters EXCEPT ALL SELECT number, body, signed, _source, _seq FROM lake.letters)
)
