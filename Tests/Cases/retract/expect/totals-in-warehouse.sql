SELECT people, minutes FROM warehouse.totals
