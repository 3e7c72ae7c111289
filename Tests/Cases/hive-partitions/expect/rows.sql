SELECT item, sold, year, region FROM sales
