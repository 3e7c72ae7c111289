"""Measures Sluice beside other programs, ours and theirs in turn.

usage: scripts/bench [--quick] [NAME ...]      (--only NAME does the same)

NAME is one of: latency dispatch burst burst-tables split convert load load-postgres flow idle startup similarity

Prints one table of medians (least to most) and writes every figure to .build/bench/results.json. Times
are wall clock; a ratio is the median of the ratios of single repetitions. Nothing is asserted: another
machine has other figures.
"""
import argparse
import os
import pathlib
import sys

import events
import machine
import similar
import tables
from bench import Bench

ORDER = ["latency", "dispatch", "burst", "burst-tables", "split", "convert", "load", "load-postgres", "flow", "idle", "startup", "similarity"]
FIGURES = events.FIGURES | tables.FIGURES | similar.FIGURES


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("tools", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="leave the others out")
    parser.add_argument("--quick", action="store_true", help="small inputs, few repetitions: about two minutes")
    parser.add_argument("--only", action="append", metavar="NAME", help="the same", default=[])
    options = parser.parse_args()
    names = options.names + options.only
    for name in names:
        if name not in ORDER:
            parser.error(f"there is no figure {name}; there are {' '.join(ORDER)}")
    tools = {file.name: str(file) for file in options.tools.iterdir() if os.access(file, os.X_OK)}
    bench = Bench(options.programs, options.results, options.quick, tools)
    described = machine.describe(options.results)
    print(machine.line(described), flush=True)
    for name in names or ORDER:
        bench.say(name)
        FIGURES[name](bench)
        bench.write(described)
    described["loadAtEnd"] = os.getloadavg()[0]
    print(f"load at the end {described['loadAtEnd']:.1f}\n")
    bench.print_table()
    print(f"\nevery figure: {bench.write(described)}")


if __name__ == "__main__":
    main()
