SELECT zone, zip, calls FROM lake.leaders
