SELECT item FROM lake.items
