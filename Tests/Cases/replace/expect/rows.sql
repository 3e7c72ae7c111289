SELECT item, price, currency, _source FROM prices
