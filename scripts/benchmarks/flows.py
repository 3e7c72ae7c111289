"""Sluice on buckets of its own, and what the ledger and /proc tell of it."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

NAMES = ["split", "crawl", "convert", "load", "similarity"]


def functions(**changes):
    return {name: {"handler": name} | changes.get(name, {}) for name in NAMES}


class Processes(threading.Thread):
    """Notes the memory of a process and of all below it, by the program's name, in MiB."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.ended, self.resident, self.anonymous = root, threading.Event(), {}, {}

    def run(self):
        while not self.ended.wait(0.02):
            waiting = [self.root]
            while waiting:
                process = waiting.pop()
                with contextlib.suppress(OSError, ValueError, KeyError):
                    self.look(process)
                    for thread in os.listdir(f"/proc/{process}/task"):
                        children = pathlib.Path(f"/proc/{process}/task/{thread}/children").read_text()
                        waiting.extend(int(child) for child in children.split())

    def look(self, process):
        facts = status(process)
        name = facts["Name"].strip()
        for notes, fact in ((self.resident, "VmHWM"), (self.anonymous, "RssAnon")):
            if fact in facts:
                notes[name] = max(notes.get(name, 0), int(facts[fact].split()[0]) / 1024)


def status(process):
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
    """Fresh buckets with settings."""

    def __init__(self, bench, name, settings):
        self.programs = bench.programs
        self.folder = bench.scratch(name)
        self.buckets = self.folder / "buckets"
        self.stage = self.buckets / "stage-1"
        self.stage.mkdir(parents=True)
        self.settings(settings)

    def settings(self, settings):
        (self.folder / "functions.json").write_text(json.dumps(settings, indent=1))

    def drop(self, source, table):
        (self.stage / table).mkdir(exist_ok=True)
        os.link(source, self.stage / table / source.name)

    def once(self):
        with observed([self.programs / "sluice", "up", "--once"], cwd=self.folder, stdout=subprocess.DEVNULL) as (up, processes):
            if up.wait() != 0:
                sys.exit(f"bench: `sluice up --once` failed in {self.folder}")
        return processes

    @contextlib.contextmanager
    def up(self):
        """`sluice up`, from when it watches."""
        ledger = self.buckets / ".sluice/ledger.sqlite"
        with observed([self.programs / "sluice", "up"], cwd=self.folder, stderr=subprocess.DEVNULL) as (up, processes):
            while not ledger.exists():
                if up.poll() is not None:
                    sys.exit("bench: `sluice up` ended early")
                time.sleep(0.02)
            time.sleep(1)
            yield up, processes
            up.send_signal(signal.SIGTERM)
            up.wait()

    def invoke(self, function, *keys):
        """Seconds of one run by hand, under the limits of the function."""
        start = time.time()
        command = [self.programs / "sluice", "invoke", function, *keys]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0 or '"batchItemFailures":[]' not in done.stdout:
            sys.exit(f"bench: `sluice invoke {function}` failed: {done.stdout}{done.stderr}")
        return time.time() - start

    def manifests(self):
        return sorted(str(path.relative_to(self.buckets)) for path in (self.buckets / "stage-2").rglob("_manifest.json"))

    def query(self, sql):
        command = [self.programs / "sluice", "query", "--format", "csv", sql]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[1]

    def expect(self, table, rows):
        found = int(self.query(f"SELECT count(*) FROM {table}"))
        if found != rows:
            sys.exit(f"bench: {table} has {found} rows, not {rows}")

    def ledger(self, sql):
        ledger = sqlite3.connect(f"file:{self.buckets}/.sluice/ledger.sqlite?mode=ro", uri=True)
        with contextlib.closing(ledger):
            return ledger.execute(sql).fetchall()

    def stages(self):
        rows = self.ledger(
            "SELECT function, count(*), sum(duration_us) / 1e6, min(started_at_us) / 1e6, max(ended_at_us) / 1e6 "
            "FROM runs GROUP BY function ORDER BY 4")
        return {name: {"runs": runs, "seconds": busy, "from": begin, "to": end} for name, runs, busy, begin, end in rows}

    def committed(self, table):
        log = self.buckets / f"lake/{table}/_delta_log"
        return max(file.stat().st_ctime for file in log.glob("*.json"))

    def remove(self):
        shutil.rmtree(self.folder)


def rows_of(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b""))
