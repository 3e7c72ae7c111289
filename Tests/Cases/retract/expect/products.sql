SELECT sku, name, stock, _source FROM lake.products
