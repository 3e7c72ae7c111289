"""Figures of tables: split, convert, load, from drop to tables."""
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import time

import duck
import inputs
from bench import remove
from flows import Flow, functions, observed, rows_of

ALONE = pathlib.Path(__file__).parent / "duck.py"


def peer(bench, what, source):
    """Runs a peer in a process of its own: seconds and the most memory it had resident, in MiB."""
    folder = bench.scratch("peer")
    inputs.warm(source) if source.is_file() else None
    start = time.time()
    with observed([sys.executable, ALONE, what, source, folder]) as (process, processes):
        if process.wait() != 0:
            sys.exit(f"bench: {what} failed")
    seconds = time.time() - start
    bench.details.setdefault("peers", {}).setdefault(what, []).append(
        {"source": source.name, "seconds": seconds, "resident": max(processes.resident.values(), default=0)})
    remove(folder)
    return seconds


def command_line(bench, source):
    """DuckDB's own command line, which starts without Python."""
    folder = bench.scratch("peer")
    inputs.warm(source)
    start = time.time()
    subprocess.run([bench.tool("duckdb"), "-bail"], input=duck.script(source, folder), text=True, check=True, stdout=subprocess.DEVNULL)
    seconds = time.time() - start
    remove(folder)
    return seconds


def staged(bench, name, source):
    """Buckets in which `source` is split and crawled, and nothing else."""
    paused = functions(convert={"concurrency": 0}, load={"concurrency": 0})
    settings = {"tables": {"indicators": inputs.INDICATORS}}
    flow = Flow(bench, name, settings | {"functions": paused})
    flow.drop(source, "indicators")
    flow.once()
    flow.settings(settings)
    return flow


def split(bench):
    """One version cut into chunks of 128 MiB, beside programs that only cut, or only digest."""
    source = inputs.indicators(bench, bench.sized(100, 1000))
    flow = Flow(bench, "split", {})
    flow.drop(source, "indicators")

    def ours():
        remove(flow.buckets / "stage-2")
        inputs.warm(source)
        return flow.invoke("split", f"stage-1/indicators/{source.name}")

    def coreutils():
        folder = bench.scratch("peer")
        inputs.warm(source)
        start = time.time()
        subprocess.run(["split", "--line-bytes=134217728", source, folder / "part-"], check=True)
        seconds = time.time() - start
        remove(folder)
        return seconds

    def digest():
        inputs.warm(source)
        start = time.time()
        subprocess.run([bench.tool("xxhsum"), "-H2", source], check=True, stdout=subprocess.DEVNULL)
        return time.time() - start

    contestants = {"sluice": ours, "coreutils split -C": coreutils}
    if bench.tool("xxhsum"):
        contestants["xxhsum -H2 (digest alone)"] = digest
    results = bench.in_turn(bench.repetitions(), contestants)
    flow.remove()
    bench.add(f"split {size(source)}", "s", results)


def convert(bench):
    """A staged version into 40 sorted partitions, at equal memory limit and threads."""
    for megabytes in bench.sized([100], [100, 1000]):
        source = inputs.indicators(bench, megabytes)
        flow = staged(bench, "convert", source)
        manifests = flow.manifests()

        def ours():
            remove(flow.buckets / "lake")
            for manifest in manifests:
                for chunk in (flow.buckets / manifest).parent.glob("part-*"):
                    inputs.warm(chunk)
            return flow.invoke("convert", *manifests)

        contestants = {"sluice": ours, "DuckDB COPY": lambda: peer(bench, "copy", source)}
        if bench.tool("duckdb"):
            contestants["DuckDB command line"] = lambda: command_line(bench, source)
        if megabytes == 100:
            contestants["Polars"] = lambda: peer(bench, "polars", source)
            contestants["delta-rs"] = lambda: peer(bench, "deltalake", source)
        results = bench.in_turn(bench.repetitions(), contestants)
        flow.expect("lake.indicators", rows_of(source))
        flow.remove()
        bench.add(f"convert {size(source)}", "s", results)


def load(bench):
    """A staged version into the warehouse."""
    source = inputs.indicators(bench, bench.sized(100, 1000))
    flow = staged(bench, "load", source)
    manifests = flow.manifests()

    def ours():
        for file in flow.buckets.glob("warehouse.duckdb*"):
            remove(file)
        return flow.invoke("load", *manifests)

    results = bench.in_turn(bench.repetitions(), {"sluice": ours, "DuckDB INSERT": lambda: peer(bench, "insert", source)})
    flow.expect("warehouse.indicators", rows_of(source))
    flow.remove()
    bench.add(f"load {size(source)}", "s", results)


def load_postgres(bench):
    """A staged version of two million rows into a PostgreSQL server, beside one statement over ATTACH."""
    source = inputs.generated(bench, "series", bench.sized("500000", "2000000"))
    with server(bench) as url:
        flow = staged(bench, "load-postgres", source)
        manifests = flow.manifests()

        def ours():
            drop(bench, "sluice_bench")
            flow.settings({"tables": {"indicators": inputs.INDICATORS}, "warehouse": url, "warehouseSchema": "sluice_bench"})
            return flow.invoke("load", *manifests)

        results = bench.in_turn(bench.repetitions(), {
            "sluice": ours, "DuckDB INSERT over ATTACH": lambda: peer(bench, "postgres", source)})
        flow.expect("warehouse.indicators", rows_of(source))
        for schema in ("sluice_bench", "bare"):
            drop(bench, schema)
        flow.remove()
    bench.add(f"load {rows_of(source):,} rows into PostgreSQL", "s", results)


@contextlib.contextmanager
def server(bench):
    """The private PostgreSQL server; one that ran before stays."""
    script = pathlib.Path(__file__).parent.parent / "postgres"
    found = subprocess.run([script, "url"], capture_output=True, text=True)
    was_running = found.returncode == 0
    if not was_running:
        found = subprocess.run([script, "start"], capture_output=True, text=True, check=True)
    os.environ["BENCH_POSTGRES"] = url = found.stdout.strip()
    try:
        yield url
    finally:
        if not was_running:
            subprocess.run([script, "stop"], check=True, stdout=subprocess.DEVNULL)


def drop(bench, schema):
    subprocess.run([sys.executable, ALONE, "drop", schema, bench.scratch("peer")], check=True)


def flow(bench):
    """From the drop of one file to its rows in lake and warehouse; memory must not grow with it."""
    for megabytes in bench.sized([1, 100], [1, 100, 1000]):
        source = inputs.indicators(bench, megabytes)
        runs = []

        def ours():
            flow = Flow(bench, "flow", {"tables": {"indicators": inputs.INDICATORS}})
            inputs.warm(source)
            start = time.time()
            flow.drop(source, "indicators")
            processes = flow.once()
            stages = flow.stages()
            end = max(stage["to"] for stage in stages.values())
            flow.expect("warehouse.indicators", rows_of(source))
            flow.remove()
            steps = {name: stage["seconds"] for name, stage in stages.items()}
            runs.append({
                "seconds": end - start, "digest": stages["split"]["from"] - start, "steps": steps,
                "resident": processes.resident, "anonymous": processes.anonymous,
            })
            return end - start

        results = bench.in_turn(bench.repetitions(), {
            "sluice": ours, "DuckDB COPY, then INSERT": lambda: peer(bench, "both", source)})
        name = f"drop to tables {size(source)}"
        bench.add(name, "s", results)
        bench.details[name] = runs
        most = [max(run["anonymous"].values()) for run in runs]
        bench.add(f"most memory of a process, {size(source)}", "MiB", {"sluice": most})


def size(source):
    megabytes = os.stat(source).st_size / 1e6
    return f"{megabytes / 1000:.0f} GB" if megabytes > 950 else f"{megabytes:.0f} MB"


FIGURES = {
    "split": split, "convert": convert, "load": load, "load-postgres": load_postgres, "flow": flow,
}
