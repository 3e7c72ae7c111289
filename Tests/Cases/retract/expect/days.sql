SELECT day, shop, sold, _source FROM lake.days
