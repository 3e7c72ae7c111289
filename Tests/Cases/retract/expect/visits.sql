SELECT who, minutes, _source FROM lake.visits
