SELECT zip, calls, newest, kinds, percent FROM warehouse.zips
