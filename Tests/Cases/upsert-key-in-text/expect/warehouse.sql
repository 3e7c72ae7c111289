SELECT m, v FROM warehouse.t
