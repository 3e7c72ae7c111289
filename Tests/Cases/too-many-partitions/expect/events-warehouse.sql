SELECT kind, time FROM warehouse.events
