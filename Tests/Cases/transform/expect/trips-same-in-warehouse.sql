SELECT count(*) AS differing FROM (
    (SELECT trip, leg_number, km, city, _source, _seq FROM lake.trips EXCEPT ALL SELECT trip, leg_number, km, city, _source, _seq FROM warehouse.trips)
    UNION ALL
    (SELECT trip, leg_number, km, city, _source, _seq FROM warehouse.trips EXCEPT ALL SELECT trip, leg_number, km, city, _source, _seq FROM lake.trips)
)
