SELECT item, item_bucket_4, item_bucket_4 = md5_number_lower(item) % 4 AS is_bucket FROM lake.visits
