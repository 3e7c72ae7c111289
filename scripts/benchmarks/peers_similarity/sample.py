"""What the peers of the similarity kernel share: made scores, a plain comparison, and the run itself.

usage of a peer: PEER LOCALES INTERVALS DIMENSIONS MISSING REPETITIONS

Prints {"seconds": [...], "resident": MiB}: from z-scores and their presence in memory to the correlation and distance of
every pair in memory. Before that its results for a few locales are compared with those of `compare`.
"""
import json
import math
import resource
import sys
import time


def made(locales, intervals, dimensions, missing, seed=1):
    """Z-scores, 0 where missing, and 1 where present: arrays of locale, interval, dimension."""
    import numpy

    random = numpy.random.default_rng(seed)
    shape = (locales, intervals, dimensions)
    present = (random.random(shape) >= missing).astype(float)
    values = numpy.where(present > 0, random.normal(50, 12, shape), numpy.nan)
    scores = (values - numpy.nanmean(values, axis=0)) / numpy.nanstd(values, axis=0, ddof=1)
    return numpy.where(present > 0, scores, 0.0), present


def pearson(pairs):
    n = len(pairs)
    if n < 5:
        return 0.0
    mx, my = math.fsum(x for x, _ in pairs) / n, math.fsum(y for _, y in pairs) / n
    sxx, syy = math.fsum((x - mx) ** 2 for x, _ in pairs), math.fsum((y - my) ** 2 for _, y in pairs)
    if sxx <= 1e-12 * n or syy <= 1e-12 * n:
        return 0.0
    return math.fsum((x - mx) * (y - my) for x, y in pairs) / math.sqrt(sxx * syy)


def compare(a, b):
    """Correlation and distance of two locales, {(interval, dimension): score}; None for no common cell."""
    squares, series = {}, {}
    for cell in a.keys() & b.keys():
        interval, dimension = cell
        squares[interval] = squares.get(interval, 0.0) + (a[cell] - b[cell]) ** 2
        series.setdefault(dimension, []).append((a[cell], b[cell]))
    if not squares:
        return None
    correlation = math.fsum(map(pearson, series.values())) / len(series)
    return correlation, math.fsum(map(math.sqrt, squares.values())) / len(squares)


def cells(scores, present, locale):
    return {
        (t, d): float(scores[locale, t, d])
        for t in range(scores.shape[1]) for d in range(scores.shape[2]) if present[locale, t, d]
    }


def check(pairs, intervals, dimensions, missing):
    """Ends the program where a peer's result is not that of the plain comparison."""
    scores, present = made(24, intervals, dimensions, missing, seed=2)
    correlation, distance = pairs(scores, present)
    locales = [cells(scores, present, locale) for locale in range(24)]
    for i, a in enumerate(locales):
        for j, b in enumerate(locales):
            found = (correlation[i, j], distance[i, j])
            expected = compare(a, b) or (0.0, 0.0)
            if not all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) for x, y in zip(found, expected)):
                sys.exit(f"{sys.argv[0]}: pair {i}, {j}: {found}, but should be {expected}")


def measure(pairs):
    """Checks and times `pairs(scores, present)`, which gives two arrays of locale by locale."""
    locales, intervals, dimensions = map(int, sys.argv[1:4])
    missing, repetitions = float(sys.argv[4]), int(sys.argv[5])
    check(pairs, intervals, dimensions, missing)
    scores, present = made(locales, intervals, dimensions, missing)
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        pairs(scores, present)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "resident": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
