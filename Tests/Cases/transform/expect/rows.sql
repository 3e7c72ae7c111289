SELECT trip, leg_number, km, city, _source FROM trips
