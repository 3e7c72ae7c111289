SELECT kind, time FROM lake.events
