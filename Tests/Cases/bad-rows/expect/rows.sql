SELECT id, taken, amount, note, _source FROM readings
