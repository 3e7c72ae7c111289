SELECT * EXCLUDE (_source, _seq), typeof(time_day) AS type FROM lake.events
