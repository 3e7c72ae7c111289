SELECT id, latitude, taken, location.name AS place, location.latitude AS kept FROM lake.readings
