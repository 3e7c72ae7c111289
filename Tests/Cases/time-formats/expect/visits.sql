SELECT * EXCLUDE (_source, _seq), typeof("on") AS kind FROM lake.visits
