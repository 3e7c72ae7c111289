SELECT people, minutes FROM lake.totals
