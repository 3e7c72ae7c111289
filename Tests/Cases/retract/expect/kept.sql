SELECT n FROM lake.kept
