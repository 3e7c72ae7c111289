SELECT zip, calls, newest, kinds, percent FROM lake.zips
