SELECT region, meta.sku AS sku, price, title, _source FROM products
