SELECT * FROM lake.visits EXCEPT ALL SELECT * FROM warehouse.visits
