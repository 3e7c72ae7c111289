SELECT name, zip, typeof(zip) AS zip_type, area, open FROM shops
