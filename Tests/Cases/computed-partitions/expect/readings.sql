SELECT * EXCLUDE (_source, _seq), typeof(taken) AS taken_type FROM lake.readings
