"""Works on one folder for a long time, and asks afterwards whether tables are right and nothing has grown.

usage: soak PROGRAMS FOLDER [--minutes N | --rounds N] [--seed N]
    --minutes    how long; default 60
    --rounds     so many rounds instead
    --seed       another course of events; printed, so that it can be run again

In each round files are created, overwritten, renamed, moved within stage-1, deleted and put back, and folders are moved out
and in; then all is let come to rest. Whatever a file held last is what its table must hold: a deletion changes no table.
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from flow import Fault, Flow, wait  # noqa: E402

FOLDERS = [f"day={number:02}" for number in range(6)]
NAMES = [f"{number:02}.csv" for number in range(8)]
DUMPS = ["prices/dump.csv", "prices/late.csv"]


def settings(days):
    """Two tables; what is over is forgotten after a short while."""
    return {
        "retention": days,
        "functions": {name: {"retryDelays": [0]} for name in ("split", "crawl", "convert", "load", "compact")},
        "triggers": [
            {"id": "new-file", "function": "split", "bucket": "stage-1", "batch": {"size": 100}},
            {"id": "staged", "function": "crawl", "bucket": "stage-2", "suffix": "/_manifest.json", "batch": {"size": 100}},
            {"id": "to-lake", "function": "convert", "crawler": "crawl"},
            {"id": "to-wh", "function": "load", "crawler": "crawl"},
            {"id": "joined", "function": "compact", "schedule": "rate(20 seconds)"},
        ],
        "tables": {"prices": {"mode": "replace"}},
    }


class Soak:
    def __init__(self, programs, folder, seed, days):
        self.flow = Flow(programs, folder / "flow", settings(days))
        self.stage = self.flow.buckets / "stage-1"
        self.away = folder / "away"
        self.away.mkdir()
        self.dice = random.Random(seed)
        self.rows = {}  # what a key held last, by key: a list of (id, mark)
        self.last_dump = None
        self.marks = 0
        self.done = collections.Counter()
        self.figures = []

    # What happens to files

    def content(self):
        self.marks += 1
        return [(number, self.marks) for number in range(self.dice.randrange(1, 30))]

    def write(self, key):
        rows = self.content()
        text = "id,mark\n" + "".join(f"{number},{mark}\n" for number, mark in rows)
        self.flow.drop(key, text)
        self.rows[key] = rows
        if key.startswith("prices/"):
            self.last_dump = key

    def present(self):
        return [str(path.relative_to(self.stage)) for path in sorted(self.stage.rglob("*.csv"))]

    def act(self):
        """Some things to different files; never two to one, so that the order in which they are noticed says nothing."""
        touched = set()
        folder = self.dice.choice(FOLDERS)
        if self.dice.random() < 0.5 and self.move_folder(folder):
            touched.add(folder)
        here = [name for name in FOLDERS if name not in touched and not (self.away / name).exists()]
        for _ in range(self.dice.randrange(3, 12) if here else 0):
            key = f"events/{self.dice.choice(here)}/{self.dice.choice(NAMES)}"
            if key in touched:
                continue
            touched.add(key)
            path = self.stage / key
            if not path.exists():
                self.write(key)
                self.done["created"] += 1
                continue
            action = self.dice.choice(["overwritten", "overwritten", "deleted", "renamed", "rewritten"])
            if action == "overwritten":
                self.write(key)
            elif action == "deleted":
                path.unlink()
            elif action == "rewritten":
                # The same bytes: no version.
                self.flow.drop(key, path.read_bytes())
            else:
                other = f"events/{self.dice.choice(here)}/{self.dice.choice(NAMES)}"
                if other in touched:
                    continue
                touched.add(other)
                (self.stage / other).parent.mkdir(parents=True, exist_ok=True)
                path.rename(self.stage / other)
                self.rows[other] = self.rows[key]
            self.done[action] += 1
        if self.dice.random() < 0.3:
            self.write(self.dice.choice(DUMPS))
            self.done["dumps"] += 1

    def move_folder(self, folder):
        """Out of stage-1, or back into it; what it holds is what its keys hold then."""
        here, there = self.stage / "events" / folder, self.away / folder
        if there.exists():
            here.parent.mkdir(parents=True, exist_ok=True)
            there.rename(here)
            self.done["folders in"] += 1
        elif here.exists():
            here.rename(there)
            self.done["folders out"] += 1
        else:
            return False
        return True

    # Rest

    def is_noticed(self, ledger):
        recorded = {}
        for key, inode, modified, deleted in ledger.execute(
                "SELECT key, inode, modified_ns, deleted_at_us FROM objects WHERE bucket = 'stage-1' ORDER BY sequencer"):
            recorded[key] = (inode, modified, deleted)
        present = set(self.present())
        for key in present:
            state = (self.stage / key).stat()
            if recorded.get(key) != (state.st_ino, state.st_mtime_ns, None):
                return False
        return all(key in present or deleted is not None for key, (_, _, deleted) in recorded.items())

    def is_at_rest(self):
        if self.flow.daemon.poll() is not None:
            raise Fault(f"`sluice up` ended with {self.flow.daemon.returncode}; see {self.flow.folder}/up.log")
        try:
            with contextlib.closing(sqlite3.connect(
                    f"file:{self.flow.buckets}/.sluice/ledger.sqlite?mode=ro", uri=True, timeout=30)) as ledger:
                if not self.is_noticed(ledger):
                    return False
                open_work = ledger.execute(
                    "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'running', 'waiting')").fetchone()[0]
                split = ledger.execute(
                    "SELECT count(*) FROM objects o JOIN deliveries d ON d.object_id = o.id WHERE o.bucket = 'stage-1' "
                    "AND d.state = 'done' AND o.sequencer = (SELECT max(sequencer) FROM objects n WHERE n.bucket = o.bucket "
                    "AND n.key = o.key) AND NOT EXISTS (SELECT 1 FROM objects m WHERE m.bucket = 'stage-2' "
                    "AND m.source_sequencer = o.sequencer)").fetchone()[0]
                return open_work == 0 and split == 0
        except sqlite3.OperationalError:
            return False

    def tidy(self):
        """Removes from stage-2 what newer versions have replaced, as somebody does who wants the room."""
        for folder in {manifest.parent.parent for manifest in self.flow.buckets.glob("stage-2/**/_manifest.json")}:
            for version in sorted(folder.iterdir())[:-1]:
                shutil.rmtree(version)

    def measure(self):
        process = self.flow.daemon.pid
        status = pathlib.Path(f"/proc/{process}/status").read_text()
        memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        state = self.flow.buckets / ".sluice"
        self.figures.append({
            "descriptors": len(os.listdir(f"/proc/{process}/fd")),
            "memory": memory * 1024,
            "ledger": (state / "ledger.sqlite").stat().st_size,
            "journal": (state / "ledger.sqlite-wal").stat().st_size,
            "logs": sum(1 for _ in state.glob("logs/**/*.log")),
        })

    # Judgement

    def judge_tables(self):
        """Compares both stores with what the files held; the number of rows."""
        expected = sorted(
            (f"stage-1/{key}", str(number), str(mark))
            for key, rows in self.rows.items() if key.startswith("events/") for number, mark in rows)
        dump = sorted(
            (f"stage-1/{self.last_dump}", str(number), str(mark)) for number, mark in self.rows.get(self.last_dump, []))
        count = 0
        for table, wanted in [("events", expected), ("prices", dump)]:
            for store in ("lake", "warehouse"):
                found = self.flow.run("query", "--format", "csv", f"SELECT _source, id, mark FROM {store}.{table}").stdout
                rows = sorted(tuple(line.split(",")) for line in found.splitlines()[1:])
                if rows != wanted:
                    missing = collections.Counter(wanted) - collections.Counter(rows)
                    more = collections.Counter(rows) - collections.Counter(wanted)
                    raise Fault(f"{store}.{table}: {sum(missing.values())} rows lost {list(missing)[:3]}, "
                                f"{sum(more.values())} too many {list(more)[:3]}")
                count += len(rows)
        return count

    def judge_growth(self):
        """The last third must not need more than the third before it."""
        third = len(self.figures) // 3
        middle, last = self.figures[third:2 * third], self.figures[2 * third:]
        # A write-ahead log is copied at 1,000 pages, and cut back with the next pruning.
        allowed = {"descriptors": (1, 4), "memory": (1.1, 8 << 20), "ledger": (1.1, 128 << 10), "journal": (1, 6 << 20),
                   "logs": (1.25, 40)}
        text = []
        for name, (factor, more) in allowed.items():
            before, after = max(each[name] for each in middle), max(each[name] for each in last)
            text.append(f"{name} {before} to {after}")
            if after > before * factor + more:
                raise Fault(f"{name} grew from {before} to {after}")
        return ", ".join(text)

    def run(self, is_over):
        self.flow.start()
        rounds = 0
        while not is_over(rounds):
            self.act()
            wait(self.is_at_rest, f"rest in round {rounds} in {self.flow.folder}")
            if rounds % 5 == 4:
                self.tidy()
            self.measure()
            rounds += 1
        # What was tidied away last is noticed, too.
        self.flow.stop()
        self.flow.run("up", "--once")
        rows = self.judge_tables()
        findings = self.flow.findings()
        if findings:
            raise Fault(f"verify: {findings[:5]}")
        return {"rounds": rounds, "rows": rows, "growth": self.judge_growth(), **self.done}


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"soak: seed {options.seed}", file=sys.stderr, flush=True)
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="soak-", dir=options.folder))
    # Kept long enough for a look at what went wrong, and short enough to be forgotten in time.
    days = 0.0001 if options.rounds else max(0.0001, options.minutes / 1440 / 20)
    soak = Soak(options.programs, folder, options.seed, days)
    end = time.monotonic() + options.minutes * 60
    try:
        result = soak.run(lambda rounds: rounds >= options.rounds if options.rounds else time.monotonic() > end)
    except Fault as fault:
        soak.flow.kill()
        print(f"soak: FAILED with --seed {options.seed}: {fault}\nsoak: what was left is in {folder}", file=sys.stderr)
        sys.exit(1)
    finally:
        (options.folder / "soak.json").write_text(json.dumps(soak.figures) + "\n")
    soak.flow.remove()
    shutil.rmtree(folder)
    growth = result.pop("growth")
    print("soak: " + "  ".join(f"{name} {count}" for name, count in result.items()) + "  lost 0  doubled 0\nsoak: " + growth)


main()
