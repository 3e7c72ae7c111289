SELECT item, price, _source FROM lake.prices
