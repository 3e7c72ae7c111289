SELECT item FROM warehouse.items
