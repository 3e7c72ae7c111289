"""All pairs in NumPy, cells missing or not: masked matrix products in float64, see sample.py.

Sums over common cells are products of scores and masks, for a band of rows and the columns from there on, so that what
is between them stays in cache and each half is computed once. A thread for each core takes bands; OpenBLAS has one each.
"""
import concurrent.futures
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy  # noqa: E402

import sample  # noqa: E402

BAND = 64


def band(first, by_interval, by_dimension, correlation, distance):
    rows = slice(first, first + BAND)
    columns = slice(first, None)
    shape = correlation[rows, columns].shape
    total, common = numpy.zeros(shape), numpy.zeros(shape)
    for z, m in by_interval:
        square = z * z
        left = numpy.hstack([square[rows], m[rows], -2 * z[rows]])
        right = numpy.hstack([m[columns], square[columns], z[columns]])
        sums = left @ right.T
        numpy.maximum(sums, 0, out=sums)
        total += numpy.sqrt(sums, out=sums)
        common += (m[rows] @ m[columns].T) > 0
    numpy.divide(total, common, out=distance[rows, columns], where=common > 0)

    total, common = numpy.zeros(shape), numpy.zeros(shape)
    for z, m in by_dimension:
        a, ma, b, mb = z[:, rows].T, m[:, rows].T, z[:, columns], m[:, columns]
        n = ma @ mb
        safe = numpy.maximum(n, 1)
        sx, sy = a @ mb, ma @ b
        sxx = (a * a) @ mb - sx * sx / safe
        syy = ma @ (b * b) - sy * sy / safe
        known = (n >= 5) & (sxx > 1e-12 * n) & (syy > 1e-12 * n)
        product = sxx * syy
        product[~known] = 1
        total += numpy.where(known, (a @ b - sx * sy / safe) / numpy.sqrt(product), 0)
        common += n > 0
    numpy.divide(total, common, out=correlation[rows, columns], where=common > 0)


def pairs(scores, present):
    locales = len(scores)
    correlation, distance = numpy.zeros((locales, locales)), numpy.zeros((locales, locales))
    by_interval, by_dimension = (
        list(zip(*(numpy.ascontiguousarray(x.transpose(axes)) for x in (scores, present)))) for axes in ((1, 0, 2), (2, 1, 0)))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(lambda first: band(first, by_interval, by_dimension, correlation, distance), range(0, locales, BAND)))
        # Rounding makes some 1e-8 of a difference of equals.
        numpy.fill_diagonal(distance, 0)
        for whole in (correlation, distance):
            list(threads.map(lambda first, whole=whole: mirror(whole, first), range(0, locales, BAND)))
    return correlation, distance


def mirror(whole, first):
    whole[first:, first:first + BAND] = whole[first:first + BAND, first:].T


if __name__ == "__main__":
    sample.measure(pairs)
