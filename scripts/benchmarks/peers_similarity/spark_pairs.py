"""All pairs in Spark, as the job that this comes from had them: the product of the locales with themselves, of which a
Python function compares each pair. See sample.py; few locales only. What is timed leaves out the start of Spark, the
z-scores, reading and writing, so the whole job takes longer.
"""
import json
import os
import pathlib
import sys
import time

os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["PYTHONPATH"] = str(pathlib.Path(__file__).parent)
from pyspark.sql import SparkSession  # noqa: E402

import sample  # noqa: E402


def pair(both):
    (locale, a), (other, b) = both
    found = sample.compare(a, b)
    if found is None:
        return None
    correlation, distance = found
    adjusted = 1 - correlation / 2
    return locale, other, correlation, adjusted, distance, adjusted * distance


def main():
    locales, intervals, dimensions = map(int, sys.argv[1:4])
    scores, present = sample.made(locales, intervals, dimensions, float(sys.argv[4]))
    spark = (
        SparkSession.builder.master(f"local[{os.cpu_count()}]").config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false").getOrCreate())
    context = spark.sparkContext
    context.setLogLevel("ERROR")
    rows = [(f"US:CO:{locale:05}", sample.cells(scores, present, locale)) for locale in range(locales)]
    context.parallelize(rows[:8]).cartesian(context.parallelize(rows[:8])).map(pair).count()
    seconds = []
    for _ in range(int(sys.argv[5])):
        start = time.perf_counter()
        places = context.parallelize(rows)
        same = places.cartesian(places).filter(lambda both: both[0][0].rsplit(":", 1)[0] == both[1][0].rsplit(":", 1)[0])
        count = same.map(pair).filter(lambda row: row is not None).count()
        seconds.append(time.perf_counter() - start)
        if count != locales * locales:
            sys.exit(f"spark_pairs.py: {count} pairs of {locales} locales")
    spark.stop()
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
