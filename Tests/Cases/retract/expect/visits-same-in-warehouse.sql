SELECT count(*) AS differing FROM (
    (SELECT who,minutes, _source, _seq FROM lake.visits EXCEPT ALL SELECT who,minutes, _source, _seq FROM warehouse.visits)
    UNION ALL
    (SELECT who,minutes, _source, _seq FROM warehouse.visits EXCEPT ALL SELECT who,minutes, _source, _seq FROM lake.visits)
)
