SELECT col0, col1 + 1 AS next, col2 + INTERVAL 1 DAY AS next_day FROM warehouse.bare
