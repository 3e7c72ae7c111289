"""Figures of events: from a file to the start of its handler, bursts, idling, starting with much known.

The handler is `probe`, which notes the clock first thing. Peers start the same program.
"""
import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

import inputs
from bench import percentile, remove
from flows import Flow, observed, processor_seconds, status
from tables import ALONE


def probing(bench):
    """Settings under which every file of `inbox` starts a probe of its own."""
    function = {"handler": str(bench.tool("probe")), "environment": {"PROBE_NOTES": "notes"}, "writes": []}
    return {"functions": {"probe": function}, "triggers": [{"id": "probe", "function": "probe", "bucket": "inbox"}]}


@contextlib.contextmanager
def sluice(bench):
    """A folder that is watched, and where the probes write."""
    flow = Flow(bench, "events", probing(bench))
    inbox = flow.buckets / "inbox"
    inbox.mkdir()
    with flow.up():
        yield inbox, flow.folder / "notes"
    flow.remove()


@contextlib.contextmanager
def started(command, **options):
    process = subprocess.Popen(command, start_new_session=True, **options)
    time.sleep(1)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def inotifywait(bench):
    folder = bench.scratch("peer")
    inbox, notes = folder / "inbox", folder / "notes"
    inbox.mkdir()
    loop = f"'{bench.tool('inotifywait')}' -q -m -e moved_to -e close_write --format %f '{inbox}' | while IFS= read -r file; do '{bench.tool('probe')}' \"$file\"; done"
    with started(["bash", "-c", loop], env=os.environ | {"PROBE_NOTES": str(notes)}):
        yield inbox, notes
    remove(folder)


@contextlib.contextmanager
def incron(bench):
    folder = bench.scratch("peer")
    inbox, notes, tables = folder / "inbox", folder / "notes", folder / "tables"
    inbox.mkdir()
    tables.mkdir()
    probe = folder / "probe"
    probe.write_text(f"#!/bin/sh\nPROBE_NOTES='{notes}' exec '{bench.tool('probe')}' \"$1\"\n")
    # incron passes no environment on; a shell in between costs less than a millisecond.
    probe.chmod(0o755)
    (tables / "probe").write_text(f"{inbox} IN_MOVED_TO,IN_CLOSE_WRITE {probe} $#\n")
    (folder / "users").mkdir()
    (folder / "config").write_text(
        f"system_table_dir = {tables}\nuser_table_dir = {folder}/users\nallowed_users = {folder}/allow\n"
        f"denied_users = {folder}/deny\nlockfile_dir = {folder}\nlockfile_name = lock\neditor = true\n")
    with started([bench.tool("incrond"), "-n", "-f", str(folder / "config")], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
        yield inbox, notes
    remove(folder)


def watchers(bench):
    known = {"sluice": sluice}
    if bench.tool("inotifywait"):
        known["inotifywait and a loop"] = inotifywait
    if bench.tool("incrond") and os.getuid() == 0:
        known["incron"] = incron
    return known


def noted(notes):
    """When each probe started, by the file's name, in seconds."""
    if not notes.exists():
        return {}
    lines = [line.split() for line in notes.read_text().splitlines()]
    return {line[0]: int(line[1]) / 1e9 for line in lines if len(line) == 2}


def until(condition, seconds=120):
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            sys.exit("bench: files were not handled in time")
        time.sleep(0.002)


def latency(bench):
    """One file after the other: from its rename into place to the start of its handler."""
    samples = bench.sized(40, 200)
    found = {name: [] for name in watchers(bench)}

    def contestant(name, watch):
        def run():
            with watch(bench) as (inbox, notes):
                delays = []
                for number in range(samples + 5):
                    file, start = f"f{number}", 0
                    (inbox / f".{file}").write_text("x")
                    start = time.time()
                    os.rename(inbox / f".{file}", inbox / file)
                    until(lambda: file in noted(notes))
                    delays.append((noted(notes)[file] - start) * 1000)
                found[name] += delays[5:]
                return percentile(delays[5:], 0.5)
        return run

    results = bench.in_turn(bench.repetitions(), {name: contestant(name, watch) for name, watch in watchers(bench).items()})
    bench.add("event to handler, p50", "ms", results)
    bench.add("event to handler, p99", "ms", {name: [percentile(delays, 0.99)] for name, delays in found.items()})
    bench.details["event to handler"] = found


def dispatch(bench):
    """What a run adds to the time that its handler takes by itself."""
    folder = bench.scratch("dispatch")
    event = b'{"urlDecodedKey":"x"}'

    def alone():
        start = time.time()
        for _ in range(100):
            subprocess.run([bench.tool("probe")], input=event, cwd=folder, check=True)
        return (time.time() - start) * 10

    flow = Flow(bench, "events", probing(bench))
    inbox = flow.buckets / "inbox"
    inbox.mkdir()

    def ours():
        with flow.up():
            for number in range(20):
                (inbox / f"{time.time_ns()}").write_text("x")
                time.sleep(0.05)
            until(lambda: flow.ledger("SELECT count(*) FROM deliveries WHERE state <> 'done'")[0][0] == 0)
        rows = flow.ledger("SELECT duration_us FROM runs ORDER BY started_at_us DESC LIMIT 20")
        return percentile([row[0] / 1000 for row in rows], 0.5)

    results = bench.in_turn(bench.repetitions(), {"sluice": ours, "the handler alone": alone})
    flow.remove()
    bench.add("a run of the smallest handler", "ms", results)


def burst(bench):
    """Many files at once, a handler for each."""
    count = bench.sized(1000, 10_000)

    def contestant(watch):
        def run():
            with watch(bench) as (inbox, notes):
                away = inbox.parent / "away"
                away.mkdir(exist_ok=True)
                inputs.small_files(away, count)
                start = time.time()
                for file in sorted(os.listdir(away)):
                    os.rename(away / file, inbox / file)
                until(lambda: notes.exists() and notes.read_bytes().count(b"\n") >= count, 600)
                return max(noted(notes).values()) - start
        return run

    # incron starts all handlers at once and has the machine stand still.
    known = {name: contestant(watch) for name, watch in watchers(bench).items() if name != "incron"}
    bench.add(f"{count:,} files, a handler each", "s", bench.in_turn(bench.repetitions(), known))


def burst_tables(bench):
    """Many files at once, through the whole flow into tables."""
    count = bench.sized(1000, 10_000)

    def ours():
        flow = Flow(bench, "burst", {})
        away = flow.folder / "away"
        away.mkdir()
        (flow.stage / "small").mkdir()
        inputs.small_files(away, count)
        finished = "SELECT count(*) FROM deliveries WHERE function IN ('convert', 'load') AND state = 'done'"
        with flow.up() as (up, processes):
            start = time.time()
            for file in sorted(os.listdir(away)):
                os.rename(away / file, flow.stage / "small" / file)
            until(lambda: time.sleep(0.2) or flow.ledger(finished)[0][0] >= 2 * count, 600)
        stages = flow.stages()
        for table in ("lake.small", "warehouse.small"):
            flow.expect(table, 10 * count)
        bench.details.setdefault("burst", []).append({"stages": stages, "resident": processes.resident})
        flow.remove()
        return max(stage["to"] for stage in stages.values()) - start

    def theirs():
        source, folder = bench.scratch("small"), bench.scratch("peer")
        inputs.small_files(source, count)
        start = time.time()
        subprocess.run([sys.executable, ALONE, "files", source, folder], check=True)
        seconds = time.time() - start
        remove(source)
        remove(folder)
        return seconds

    results = bench.in_turn(bench.repetitions(), {"sluice": ours, "DuckDB, all in one statement": theirs})
    bench.add(f"{count:,} files into tables", "s", results)


def idle(bench):
    """Nothing to do and 1,000 folders to watch, as if for a minute."""
    seconds = bench.sized(10, 30)
    used = {}

    def resting(name, process):
        time.sleep(2)
        before = processor_seconds(process)
        time.sleep(seconds)
        used.setdefault(name, []).append(int(status(process)["VmRSS"].split()[0]) / 1024)
        return (processor_seconds(process) - before) * 60 / seconds * 1000

    def folders(place):
        for number in range(1000):
            (place / f"t{number}").mkdir(parents=True)

    def ours():
        flow = Flow(bench, "idle", {})
        folders(flow.stage)
        with flow.up() as (up, _):
            cost = resting("sluice", up.pid)
        flow.remove()
        return cost

    def theirs():
        folder = bench.scratch("peer")
        folders(folder)
        with started([bench.tool("inotifywait"), "-q", "-m", "-r", folder], stdout=subprocess.DEVNULL) as process:
            cost = resting("inotifywait", process.pid)
        remove(folder)
        return cost

    contestants = {"sluice": ours} | ({"inotifywait": theirs} if bench.tool("inotifywait") else {})
    bench.add("idle, processor time in a minute", "ms", bench.in_turn(bench.repetitions(1, 5), contestants))
    bench.add("idle, resident memory", "MiB", used)


def known_objects(flow, inbox, count):
    """Files in 100 folders and, in a ledger that a first start has made, what recording them leaves there."""
    flow.once()
    objects = []
    for folder in range(100):
        (inbox / str(folder)).mkdir(parents=True)
        for number in range(count // 100):
            path = inbox / str(folder) / f"file-{number:06}.csv"
            with open(path, "w") as file:
                file.write(f"{folder} {number}")
            facts = path.stat()
            objects.append((f"{folder}/{path.name}", facts.st_size, facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns))
    time.sleep(0.1)
    now = time.time_ns() // 1000
    with contextlib.closing(sqlite3.connect(flow.buckets / ".sluice" / "ledger.sqlite")) as ledger, ledger:
        for number, (key, size, inode, modified, changed) in enumerate(objects, 1):
            ledger.execute(
                """INSERT INTO objects (id, bucket, key, sequencer, etag, size, table_name, source_bucket, source_key, source_sequencer,
                    source_etag, source_size, inode, modified_ns, changed_ns, checked_at_us, noticed_by, noticed_at_us, hop)
                VALUES (?1, 'inbox', ?2, ?3, ?4, ?5, ?6, 'inbox', ?2, ?3, ?4, ?5, ?7, ?8, ?9, ?10, 'event', ?10, 0)""",
                (number, key, now + number, f"{number:032x}", size, key.split("/")[0], inode, modified, changed, now))
            ledger.execute(
                """INSERT INTO deliveries (trigger_id, function, event, object_id, table_name, sequencer, order_sequencer, bytes, hop,
                    supersedable, recorded_at_us, state, ended_at_us)
                VALUES ('probe', 'probe', 'ObjectCreated:Put', ?1, ?2, ?3, ?3, ?4, 0, 0, ?5, 'done', ?5)""",
                (number, key.split("/")[0], now + number, size, now))


def startup(bench):
    """The start with many known objects, until it is sure that nothing has changed."""
    count = bench.sized(10_000, 1_000_000)
    flow = Flow(bench, "startup", probing(bench))
    inbox = flow.buckets / "inbox"
    bench.say(f"recording {count:,} objects")
    known_objects(flow, inbox, count)
    memory = []

    def ours():
        start = time.time()
        with observed([flow.programs / "sluice", "up", "--once"], cwd=flow.folder, stdout=subprocess.PIPE, text=True) as (up, processes):
            told = up.communicate()[0]
        memory.append(processes.resident["sluice"])
        if not told.startswith("versions: 0, runs: 0"):
            sys.exit(f"bench: not every object was known: {told}")
        return time.time() - start

    def find():
        start = time.time()
        subprocess.run(["find", inbox, "-type", "f", "-printf", "%p %s %T@\n"], check=True, stdout=subprocess.DEVNULL)
        return time.time() - start

    results = bench.in_turn(bench.repetitions(), {"sluice": ours, "find, sizes and times": find})
    flow.remove()
    bench.add(f"start with {count:,} known objects", "s", results)
    bench.add("the same, resident memory", "MiB", {"sluice": memory})


FIGURES = {"latency": latency, "dispatch": dispatch, "burst": burst, "burst-tables": burst_tables, "idle": idle, "startup": startup}
