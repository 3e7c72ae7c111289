SELECT zone, zip, calls FROM warehouse.leaders
