"""Figures of similarity: its kernel, from a lake commit to its results, many indicators, and a question to them."""
import json
import pathlib
import subprocess
import sys
import time

import inputs
from bench import remove
from flows import Flow, functions, observed

PEERS = pathlib.Path(__file__).parent / "peers_similarity"
COUNTIES = 3142
RESULTS = ("weighted_distances", "compared_sets", "distances_over_time")
COMMIT = "_delta_log/00000000000000000000.json"
PLACES_LIKE = (
    "SELECT comp_locale, weighted_distance FROM lake.weighted_distances WHERE indicator_id = 'COUNTIES' "
    "AND locale = 'US:CO:01500' ORDER BY weighted_distance LIMIT 10")


def similarity(bench):
    kernel(bench)
    counties(bench)
    many(bench)


def kernel(bench):
    """All pairs in memory; `kernel-bench` and the peers measure themselves, in processes of their own."""
    places = bench.sized(500, COUNTIES)
    note = {}
    for intervals, dimensions, missing, target in ((15, 8, 0.1, 0.25), (50, 1, 0.1, 0.3), (15, 8, 0, None)):
        shape = (places, intervals, dimensions, missing)
        contestants = {"sluice": lambda shape=shape: ours(bench, shape, note)}
        contestants["NumPy"] = lambda shape=shape: peer(bench, "numpy_pairs", shape)
        if missing == 0:
            contestants["SciPy"] = lambda shape=shape: peer(bench, "scipy_pairs", shape)
        results = measured(bench, contestants)
        if intervals == 15 and missing and not bench.is_quick:
            results |= spark(bench, shape, note)
        goal = f"at most {target}" if target and places == COUNTIES else None
        bench.add(f"kernel {named(shape)}", "s", results, target=goal)
        if results["sluice"]:
            bench.add(f"fraction of the FMA peak, {named(shape)}", "", {"sluice": [note[shape]["peakFraction"]]})
    if bench.program("kernel-bench"):
        shape = (places, 15, 8, 0.1)
        for instructions in ("portable", "avx2", "avx512"):
            found = ours(bench, shape, note, instructions)
            if found:
                bench.add(f"kernel {named(shape)}, {instructions}", "s", {"sluice": [found]})


def named(shape):
    places, intervals, dimensions, missing = shape
    return f"{places:,} x {intervals} x {dimensions}, {f'{missing:.0%} missing' if missing else 'complete'}"


def measured(bench, contestants):
    results = bench.in_turn(bench.repetitions(1, 3), contestants)
    return {name: [value for value in values if value is not None] for name, values in results.items()}


def ours(bench, shape, note, instructions=None):
    """The median of the seconds that `kernel-bench` measures; None without it, or without such a processor."""
    program = bench.program("kernel-bench")
    if not program:
        return None
    names = ("--locales", "--intervals", "--dimensions", "--missing")
    options = [str(word) for pair in zip(names, shape) for word in pair]
    chosen = ["--instructions", instructions] if instructions else []
    done = subprocess.run([program, *options, "--repetitions", "5", *chosen], capture_output=True, text=True)
    if done.returncode != 0 and instructions:
        bench.say(f"kernel-bench does without {instructions}: {done.stderr.strip()}")
        return None
    if done.returncode != 0:
        sys.exit(f"bench: kernel-bench failed: {done.stderr}")
    facts = json.loads(done.stdout)
    note[shape] = facts
    bench.details.setdefault("kernel", []).append(facts | {"shape": shape})
    return middle(facts["seconds"])


def peer(bench, name, shape, repetitions=3):
    """The median of the seconds that a peer measures; None where it cannot be had."""
    python = bench.peer_python()
    if not python:
        return None
    command = [python, "-B", PEERS / f"{name}.py", *map(str, shape), str(repetitions)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {name} failed: {done.stderr}")
    facts = json.loads(done.stdout.splitlines()[-1])
    bench.details.setdefault("similarity peers", []).append(facts | {"peer": name, "shape": shape})
    return middle(facts["seconds"])


def spark(bench, shape, note):
    """The port of the Spark program for few places; what it would take for all, as the square of their number."""
    python = bench.peer_python()
    if not python or not (pathlib.Path(python).parents[1] / "spark").exists():
        return {}
    for places in (51, 150):
        small = (places, *shape[1:])
        results = measured(bench, {
            "sluice": lambda: ours(bench, small, note), "Spark port": lambda: peer(bench, "spark_pairs", small)})
        bench.add(f"kernel {named(small)}", "s", results)
    factor = (shape[0] / 150) ** 2
    return {"Spark port, extrapolated as N^2 from 150": [seconds * factor for seconds in results["Spark port"]]}


def counties(bench):
    """From a lake commit of 3,142 places to 9.9 million rows, by what else is asked for."""
    source = inputs.generated(bench, "counties")
    lake_only = {"perInterval": False, "topK": None, "file": False}
    goals = {"lake only": "at most 6", "and file": None, "and perInterval": None}
    for name, asked in {
        "lake only": lake_only, "and file": lake_only | {"file": True}, "and perInterval": lake_only | {"perInterval": True},
    }.items():
        flow = prepared(bench, "counties", source, asked)
        residents = []

        def run():
            put_aside(flow)
            seconds, resident = invoked(flow, f"lake/indicators/{COMMIT}")
            residents.append(resident)
            return seconds

        results = bench.in_turn(bench.repetitions(1, 3), {"sluice": run})
        flow.expect("lake.weighted_distances", COUNTIES**2)
        bench.add(f"lake commit to weighted_distances of {COUNTIES:,} places, {name}", "s", results, target=goals[name])
        goal = "at most 1,024" if goals[name] else None
        bench.add(f"its most memory, {name}", "MiB", {"sluice": residents}, target=goal)
        if name == "lake only":
            question(bench, flow)
            loading(bench, flow)
        flow.remove()


def put_aside(flow):
    """Takes former results away without deleting them: that keeps some file systems busy for minutes."""
    aside = flow.folder / "aside"
    aside.mkdir(exist_ok=True)
    for place in (*(flow.buckets / "lake" / name for name in RESULTS), flow.buckets / "results"):
        if place.exists():
            place.rename(aside / f"{place.name}-{len(list(aside.iterdir()))}")


def prepared(bench, name, source, asked):
    """Buckets with the indicators in the lake, and nothing made of them yet."""
    tables = {"indicators": inputs.INDICATORS | {"similarity": asked}}
    paused = {"load": {"concurrency": 0}, "similarity": {"concurrency": 0}}
    flow = Flow(bench, name, {"functions": functions(**paused), "tables": tables})
    flow.drop(source, "indicators")
    flow.once()
    flow.settings({"functions": functions(similarity={"memory": 4096}), "tables": tables})
    return flow


def invoked(flow, key):
    """Seconds of a run of `similarity` by hand, and the most memory that it had resident, in MiB."""
    start = time.time()
    command = [flow.programs / "sluice", "invoke", "similarity", key]
    with observed(command, cwd=flow.folder, stdout=subprocess.PIPE, text=True) as (process, processes):
        answer, _ = process.communicate()
        if process.returncode != 0 or '"batchItemFailures":[]' not in answer:
            sys.exit(f"bench: `sluice invoke similarity` failed: {answer}")
    return time.time() - start, processes.resident.get("similarity", 0)


def question(bench, flow):
    """The whole process of a query, from its start to its end."""
    def ask():
        start = time.perf_counter()
        done = subprocess.run(
            [flow.programs / "sluice", "query", "--format", "csv", PLACES_LIKE], cwd=flow.folder, capture_output=True, text=True, check=True)
        if len(done.stdout.splitlines()) != 11:
            sys.exit(f"bench: ten places were asked for; this is the answer: {done.stdout}")
        return (time.perf_counter() - start) * 1000

    ask()
    bench.add("ten places like one, of 9.9 million rows", "ms", {"sluice": [ask() for _ in range(30)]}, target="below 50")


def loading(bench, flow):
    def load():
        for file in flow.buckets.glob("warehouse.duckdb*"):
            remove(file)
        return flow.invoke("load", f"lake/weighted_distances/{COMMIT}")

    bench.add("weighted_distances into the warehouse", "s", bench.in_turn(bench.repetitions(1, 3), {"sluice": load}))


def many(bench):
    """One commit of many small indicators: 51 places, 19 intervals, 11 dimensions."""
    count = bench.sized(20, 500)
    source = inputs.generated(bench, "states", str(count))
    for name, file in (("lake only", False), ("and file", True)):
        flow = prepared(bench, "many", source, {"perInterval": False, "topK": None, "file": file})
        rates, residents = [], []
        for _ in range(bench.repetitions(1, 3)):
            put_aside(flow)
            seconds, resident = invoked(flow, f"lake/indicators/{COMMIT}")
            rates.append(count / seconds)
            residents.append(resident)
        flow.expect("lake.weighted_distances", count * 51 * 51)
        flow.remove()
        bench.add(f"{count} indicators of 51 places in one commit, {name}", "1/s", {"sluice": rates}, target="at least 500")
        bench.add(f"its most memory, {name}", "MiB", {"sluice": residents})


def middle(values):
    return sorted(values)[len(values) // 2]


FIGURES = {"similarity": similarity}
