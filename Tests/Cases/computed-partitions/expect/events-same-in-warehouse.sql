SELECT * FROM lake.events EXCEPT ALL SELECT * FROM warehouse.events
