SELECT * FROM lake.readings EXCEPT ALL SELECT * FROM warehouse.readings
