"""All pairs in SciPy, complete data only: `cdist` for each interval, one product for each dimension, see sample.py."""
import numpy
from scipy.spatial.distance import cdist

import sample


def pairs(scores, present):
    assert present.all(), "cells are missing"
    locales, intervals, dimensions = scores.shape
    distance = numpy.zeros((locales, locales))
    for interval in range(intervals):
        z = scores[:, interval]
        distance += cdist(z, z)
    distance /= intervals
    correlation = numpy.zeros((locales, locales))
    for dimension in range(dimensions):
        z = scores[:, :, dimension]
        z = z - z.mean(axis=1, keepdims=True)
        squares = (z * z).sum(axis=1, keepdims=True)
        known = squares > 1e-12 * intervals if intervals >= 5 else numpy.zeros_like(squares, bool)
        z = numpy.where(known, z / numpy.sqrt(numpy.where(known, squares, 1)), 0)
        correlation += z @ z.T
    correlation /= dimensions
    return correlation, distance


if __name__ == "__main__":
    sample.measure(pairs)
