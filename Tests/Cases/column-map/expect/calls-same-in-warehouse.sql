SELECT * FROM lake.calls EXCEPT ALL SELECT * FROM warehouse.calls
