"""Measures Sluice on generated input, beside DuckDB alone.

usage: bench.py FOLDER_OF_PROGRAMS FOLDER_OF_RESULTS [--quick] [flow] [counties] [files]

flow      a TSV with given columns, from its drop to the commit in the lake, `load` paused; in turn
          with a bare DuckDB `COPY` of the same file: same columns, partitions, order, compression,
          threads and memory limit
counties  similarity of 3,142 places, from the drop to `weighted_distances` in the lake
files     small files, from the first drop to the last row in lake and warehouse

Prints medians and writes every figure to results.json. Times are wall clock; memory is the most that
any one process had resident (VmHWM), and the most of it that no file backs (RssAnon). Asserts nothing
about time: another machine has other figures.
"""
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import threading
import time

MEMORY_MIB = 1024
SHARE_OF_DUCKDB = 55  # percent of a function's memory that convert gives to DuckDB
COLUMNS = {"indicator_id": "string", "locale": "string", "interval": "string", "dimension_id": "string", "value": "double"}
INDICATORS = {
    "format": {"type": "csv", "delimiter": "\t", "header": False},
    "columns": COLUMNS,
    "partitionBy": ["indicator_id"],
    "sortBy": ["locale"],
}


def functions(**changes):
    names = ["split", "crawl", "convert", "load", "similarity"]
    return {name: {"handler": name} | changes.get(name, {}) for name in names}


class Processes(threading.Thread):
    """Notes the memory of a process and of all below it, by the program's name."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.ended, self.resident, self.anonymous = root, threading.Event(), {}, {}

    def run(self):
        while not self.ended.wait(0.02):
            waiting = [self.root]
            while waiting:
                process = waiting.pop()
                with contextlib.suppress(OSError, ValueError):
                    self.look(process)
                    for thread in os.listdir(f"/proc/{process}/task"):
                        children = pathlib.Path(f"/proc/{process}/task/{thread}/children").read_text()
                        waiting.extend(int(child) for child in children.split())

    def look(self, process):
        lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        name = facts["Name"].strip()
        for notes, fact in ((self.resident, "VmHWM"), (self.anonymous, "RssAnon")):
            if fact in facts:
                notes[name] = max(notes.get(name, 0), int(facts[fact].split()[0]) / 1024)


@contextlib.contextmanager
def observed(command, **options):
    process = subprocess.Popen(command, **options)
    processes = Processes(process.pid)
    processes.start()
    try:
        yield process, processes
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        processes.ended.set()
        processes.join()


class Flow:
    """Fresh buckets with settings, and what the ledger tells of them afterwards."""

    def __init__(self, programs, folder, settings):
        shutil.rmtree(folder, ignore_errors=True)
        self.programs, self.folder = programs, folder
        self.stage = folder / "buckets/stage-1"
        self.stage.mkdir(parents=True)
        (folder / "functions.json").write_text(json.dumps(settings, indent=1))

    def once(self):
        with observed([self.programs / "sluice", "up", "--once"], cwd=self.folder, stdout=subprocess.DEVNULL) as (up, processes):
            if up.wait() != 0:
                sys.exit(f"bench: `sluice up --once` failed in {self.folder}")
        return processes

    def query(self, sql):
        command = [self.programs / "sluice", "query", "--format", "csv", sql]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[1]

    def ledger(self, sql):
        ledger = sqlite3.connect(f"file:{self.folder}/buckets/.sluice/ledger.sqlite?mode=ro", uri=True)
        with contextlib.closing(ledger):
            return ledger.execute(sql).fetchall()

    def committed(self, table):
        log = self.folder / f"buckets/lake/{table}/_delta_log"
        return max(file.stat().st_ctime for file in log.glob("*.json"))

    def stages(self):
        rows = self.ledger(
            "SELECT function, count(*), sum(duration_us) / 1e6, min(started_at_us) / 1e6, max(ended_at_us) / 1e6 "
            "FROM runs GROUP BY function ORDER BY 4")
        return {name: {"runs": runs, "seconds": busy, "from": begin, "to": end} for name, runs, busy, begin, end in rows}


def generated(results, kind, *arguments):
    path = results / "-".join([kind, *arguments, "1.tsv"])
    if not path.exists():
        print(f"bench: generating {path.name}", file=sys.stderr)
        with open(f"{path}.part", "w") as file:
            generate = os.path.join(os.path.dirname(__file__), "generate")
            subprocess.run([sys.executable, generate, kind, *arguments, "1"], stdout=file, check=True)
        os.rename(f"{path}.part", path)
    return path


def warm(path):
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass


def ours(programs, results, source):
    settings = {"functions": functions(load={"concurrency": 0}), "tables": {"indicators": INDICATORS}}
    flow = Flow(programs, results / "flow", settings)
    (flow.stage / "indicators").mkdir()
    warm(source)
    start = time.time()
    os.link(source, flow.stage / "indicators/indicators.tsv")
    processes = flow.once()
    end = time.time()
    stages = flow.stages()
    done = flow.committed("indicators")
    files = len(list((flow.folder / "buckets/lake/indicators").rglob("*.parquet")))
    rows = int(flow.query("SELECT count(*) FROM indicators"))
    shutil.rmtree(flow.folder)
    return {
        "queryable": done - start,
        "whole": end - start,
        "digest": stages["split"]["from"] - start,
        "split": stages["split"]["seconds"],
        "crawl": stages["crawl"]["seconds"],
        "convert": stages["convert"]["seconds"],
        "between": stages["convert"]["to"] - stages["split"]["from"] - sum(stages[s]["seconds"] for s in ("split", "crawl", "convert")),
        "resident": processes.resident,
        "anonymous": processes.anonymous,
        "files": files,
        "rows": rows,
    }


def theirs(results, source):
    folder = results / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    warm(source)
    start = time.time()
    with observed([sys.executable, __file__, "copy", str(source), str(folder)]) as (copy, processes):
        if copy.wait() != 0:
            sys.exit("bench: DuckDB failed")
    seconds = time.time() - start
    files = len(list(folder.rglob("*.parquet")))
    shutil.rmtree(folder)
    return {"seconds": seconds, "resident": max(processes.resident.values()), "files": files}


def copy(source, folder):
    import duckdb

    columns = ", ".join(f"'{name}': '{'DOUBLE' if type == 'double' else 'VARCHAR'}'" for name, type in COLUMNS.items())
    settings = {
        "memory_limit": f"{MEMORY_MIB * SHARE_OF_DUCKDB // 100}MiB",
        "threads": os.cpu_count(),
        "temp_directory": folder + "/scratch",
    }
    duckdb.connect(config=settings).execute(
        f"COPY (SELECT * FROM read_csv('{source}', delim = '\t', header = false, auto_detect = false, "
        f"columns = {{{columns}}}) ORDER BY indicator_id, locale) TO '{folder}/lake' "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (indicator_id))")


def spread(values, form="{:.2f}"):
    middle = form.format(statistics.median(values))
    return f"{middle} ({form.format(min(values))} to {form.format(max(values))})" if len(values) > 1 else middle


def most(runs, fact):
    names = sorted({name for run in runs for name in run[fact]})
    return {name: max(run[fact].get(name, 0) for run in runs) for name in names}


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def measure_flow(programs, results, rows, repetitions):
    source = generated(results, "indicators", str(rows))
    runs, copies = [], []
    for repetition in range(repetitions):
        print(f"bench: flow {repetition + 1} of {repetitions}", file=sys.stderr)
        runs.append(ours(programs, results, source))
        copies.append(theirs(results, source))
    size = source.stat().st_size
    ratios = [run["queryable"] / copy["seconds"] for run, copy in zip(runs, copies)]
    print(f"\nA TSV of {size / 1e9:.2f} GB, {rows:,} rows, `load` paused; median of {repetitions} (least to most), seconds\n")
    row("step", "seconds")
    row("---", "---")
    steps = {
        "digest": "notice and digest", "split": "split", "crawl": "crawl", "convert": "convert",
        "between": "between runs", "queryable": "drop to queryable in the lake", "whole": "`sluice up --once` as a whole",
    }
    for key, title in steps.items():
        row(title, spread([run[key] for run in runs]))
    row("bare DuckDB `COPY`", spread([copy["seconds"] for copy in copies]))
    row("ratio of drop to queryable and `COPY`", spread(ratios))
    resident, anonymous = most(runs, "resident"), most(runs, "anonymous")
    print()
    row("process", "most resident, MiB", "of it anonymous, MiB")
    row("---", "---", "---")
    for name in resident:
        row(name, f"{resident[name]:.0f}", f"{anonymous.get(name, 0):.0f}")
    row("bare DuckDB `COPY`", f"{max(copy['resident'] for copy in copies):.0f}", "")
    return {"bytes": size, "rows": rows, "ours": runs, "copy": copies, "ratios": ratios}


def measure_counties(programs, results):
    source = generated(results, "counties")
    settings = {
        "functions": functions(load={"concurrency": 0}, similarity={"memory": 4096}),
        "tables": {"indicators": INDICATORS | {"similarity": {"perInterval": False, "topK": None}}},
    }
    flow = Flow(programs, results / "counties", settings)
    (flow.stage / "indicators").mkdir()
    warm(source)
    start = time.time()
    os.link(source, flow.stage / "indicators/counties.tsv")
    processes = flow.once()
    seconds = flow.committed("weighted_distances") - start
    busy = flow.stages()["similarity"]["seconds"]
    pairs = int(flow.query("SELECT count(*) FROM weighted_distances"))
    resident, anonymous = processes.resident, processes.anonymous
    shutil.rmtree(flow.folder)
    print(f"\nSimilarity of 3,142 counties, {pairs:,} rows of `weighted_distances`: {seconds:.1f} s from drop to queryable, "
          f"{busy:.1f} s of them `similarity` with at most {resident['similarity']:.0f} MiB resident")
    return {"seconds": seconds, "similarity": busy, "pairs": pairs, "resident": resident, "anonymous": anonymous}


def measure_files(programs, results, count):
    flow = Flow(programs, results / "files", {})
    away = flow.folder / "away"
    away.mkdir()
    (flow.stage / "small").mkdir()
    for number in range(count):
        lines = "".join(f"{number * 10 + line},name {line},{line / 7:.4f}\n" for line in range(10))
        (away / f"{number:05}.csv").write_text("id,name,value\n" + lines)
    finished = "SELECT count(*) FROM deliveries WHERE function IN ('convert', 'load') AND state = 'done'"
    with observed([programs / "sluice", "up"], cwd=flow.folder, stderr=subprocess.DEVNULL) as (up, processes):
        while not (flow.folder / "buckets/.sluice/ledger.sqlite").exists():
            time.sleep(0.05)
        time.sleep(1)
        start = time.time()
        for number in range(count):
            os.rename(away / f"{number:05}.csv", flow.stage / f"small/{number:05}.csv")
        dropped = time.time() - start
        while flow.ledger(finished)[0][0] < 2 * count:
            if up.poll() is not None:
                sys.exit("bench: `sluice up` ended early")
            time.sleep(0.5)
        up.send_signal(signal.SIGTERM)
        up.wait()
    stages = flow.stages()
    seconds = max(stage["to"] for stage in stages.values()) - start
    for table in ("lake.small", "warehouse.small"):
        rows = int(flow.query(f"SELECT count(*) FROM {table}"))
        if rows != 10 * count:
            sys.exit(f"bench: {table} has {rows} rows, not {10 * count}")
    shutil.rmtree(flow.folder)
    print(f"\n{count:,} files of ten rows: {seconds:.1f} s from the first drop to the last row in lake and warehouse, "
          f"{count / seconds:.0f} files a second (dropped within {dropped:.1f} s)\n")
    row("function", "runs", "seconds in runs", "most resident, MiB")
    row("---", "---", "---", "---")
    for name, stage in stages.items():
        row(name, stage["runs"], f"{stage['seconds']:.1f}", f"{processes.resident.get(name, 0):.0f}")
    row("sluice", "", "", f"{processes.resident.get('sluice', 0):.0f}")
    return {"files": count, "seconds": seconds, "stages": stages, "resident": processes.resident}


def machine(results):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = int(next(line.split()[1] for line in open("/proc/meminfo") if line.startswith("MemTotal"))) / 2**20
    disk = subprocess.run(["df", "--output=source,fstype", str(results)], capture_output=True, text=True).stdout.split("\n")[1].split()
    block, start = os.urandom(1 << 24), time.time()
    with open(results / "disk", "wb", buffering=0) as file:
        for _ in range(16):
            file.write(block)
        os.fsync(file.fileno())
    written = 256 / (time.time() - start)
    os.unlink(results / "disk")
    return {
        "processor": model, "cores": os.cpu_count(), "memoryGiB": round(memory, 1), "disk": " ".join(disk),
        "diskWriteMiBPerSecond": round(written), "load": os.getloadavg(),
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }


def main():
    programs, results = map(pathlib.Path, sys.argv[1:3])
    wanted = sys.argv[3:]
    is_quick = "--quick" in wanted
    parts = [part for part in wanted if part != "--quick"] or ["flow", "counties", "files"]
    if set(parts) - {"flow", "counties", "files"}:
        sys.exit(__doc__)
    results.mkdir(parents=True, exist_ok=True)
    figures = {"machine": machine(results)}
    print("{processor}, {cores} cores, {memoryGiB} GiB; {disk}, writes {diskWriteMiBPerSecond} MiB/s; load {load[0]:.1f} at {at}"
          .format(**figures["machine"]))
    if "flow" in parts:
        figures["flow"] = measure_flow(programs, results, 2_000_000 if is_quick else 22_300_000, 2 if is_quick else int(os.environ.get("BENCH_REPETITIONS", 5)))
    if "counties" in parts:
        figures["counties"] = measure_counties(programs, results)
    if "files" in parts:
        figures["files"] = measure_files(programs, results, 1_000 if is_quick else 10_000)
    figures["loadAtEnd"] = os.getloadavg()
    (results / "results.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(f"\nload at the end {figures['loadAtEnd'][0]:.1f}; every figure is in {results}/results.json")


if sys.argv[1:2] == ["copy"]:
    copy(*sys.argv[2:])
else:
    main()
