"""Disks without room, limits of the system, folders that may not be written, a held ledger, wrong clocks.

Each fault is a flow of its own: it must be told with its cause, nothing may be lost or half done, and once it is mended the
tables must be those of an undisturbed run.
"""
import contextlib
import json
import os
import pathlib
import resource
import shutil
import sqlite3
import subprocess

from flow import Fault, Flow, wait

NOBODY = 65534
SETTINGS = {
    "functions": {
        name: {"handler": name, "retryDelays": [0]}
        for name in ("split", "crawl", "convert", "load", "similarity", "derive", "compact", "vacuum")
    },
    "triggers": ["standard"],
    "tables": {
        "orders": {"partitionBy": ["region"], "columns": {"amount": "double", "id": "bigint"}},
        "stock": {"mode": "upsert", "keys": ["sku"]},
        "prices": {"mode": "replace"},
        "indicators": {
            "format": {"type": "csv", "delimiter": "\t", "header": False}, "partitionBy": ["indicator_id"],
            "columns": {"indicator_id": "string", "locale": "string", "interval": "string", "dimension_id": "string",
                        "value": "double"},
            "similarity": {},
        },
        "totals": {"from": ["orders"], "query": "totals.sql"},
    },
    "warehouse": "../store/warehouse.duckdb",
}
TABLES = ["orders", "stock", "prices", "indicators", "totals", "weighted_distances"]
TOTALS = "SELECT region, count(*) AS orders FROM orders GROUP BY region"


def files(generation):
    """What is dropped: every kind of table, some bad rows, bytes that compress badly."""
    words = [f"{(number * 2654435761 + generation) % 2**32:08x}" for number in range(3000)]
    orders = "".join(f"{n},{'n/a' if n % 50 == 0 else n / 4},r{n % 3},{word}\n" for n, word in enumerate(words))
    return {
        "orders/a.csv": "id,amount,region,note\n" + orders,
        f"stock/{generation}.jsonl": "".join(json.dumps({"sku": f"s{n % 40}", "left": n * generation}) + "\n" for n in range(100)),
        f"prices/{generation}.csv": "item,price\n" + "".join(f"i{n},{n + generation}.5\n" for n in range(30)),
        "indicators/i.tsv": "".join(
            f"i{i}\tp{place}\t{2000 + year}\tall\t{place * year + generation}\n" for i in range(2) for place in range(5) for year in range(6)),
    }


class Place:
    """A flow, its present user, and what it has dropped."""

    def __init__(self, programs, folder, user=None, **changes):
        self.flow = Flow(programs, folder, SETTINGS | changes)
        (self.flow.folder / "totals.sql").write_text(TOTALS)
        (self.flow.folder / "store").mkdir()
        self.user = user
        self.own()

    def own(self):
        if self.user is not None:
            subprocess.run(["chown", "-R", f"{self.user}:{self.user}", self.flow.folder], check=True)

    def drop(self, generation):
        for key, content in files(generation).items():
            self.flow.drop(key, content)
        self.own()

    def command(self, *arguments):
        words = [str(self.flow.programs / "sluice"), *arguments]
        if self.user is None:
            return words
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *words]

    def run(self, *arguments, limits=(), **options):
        """A call of `sluice`; its end, whatever that is."""
        def limit():
            for kind, value in limits:
                resource.setrlimit(kind, (value, value))
        return subprocess.run(
            self.command(*arguments), cwd=self.flow.folder, capture_output=True, text=True, timeout=600, preexec_fn=limit, **options)

    def start(self, **options):
        self.log = self.flow.folder / "up.log"
        self.flow.daemon = subprocess.Popen(
            self.command("up"), cwd=self.flow.folder, stdout=subprocess.DEVNULL, stderr=open(self.log, "ab"), start_new_session=True,
            **options)
        wait(lambda: (self.flow.buckets / ".sluice/control").exists(), f"{self.flow.folder}: the daemon listens")

    def ends(self, function):
        """How runs of a function ended that did not succeed: outcome, error, message, exit code."""
        if not (self.flow.buckets / ".sluice/ledger.sqlite").exists():
            return []
        return self.flow.ledger(f"SELECT outcome, error_type, error_message, exit_code FROM runs WHERE function = '{function}' AND outcome <> 'succeeded'")

    def check(self, generations, wanted):
        """All has come to rest without a dead letter, and the tables are right."""
        for _ in range(5):
            done = self.run("up", "--once")
            if done.returncode == 0 and "left" not in done.stdout:
                break
        else:
            raise Fault(f"{self.flow.folder} does not come to rest: {done.stdout}{done.stderr}")
        findings = json.loads(self.run("verify", "--json").stdout)["findings"]
        if findings:
            raise Fault(f"`sluice verify` in {self.flow.folder}: {findings}")
        if self.flow.hidden_leftovers():
            raise Fault(f"left over in {self.flow.folder}: {self.flow.hidden_leftovers()}")
        found = rows(self)
        for table in found:
            if found[table] != wanted[generations][table]:
                raise Fault(f"{self.flow.folder}: {table} has {len(found[table])} lines, expected {len(wanted[generations][table])}")
        return sum(len(lines) for lines in found.values())


def rows(place):
    found = {}
    for table in TABLES:
        for store in ("lake", "warehouse"):
            done = place.run("query", "--format", "csv", f"SELECT COLUMNS(c -> c <> '_seq') FROM {store}.{table}")
            if done.returncode != 0:
                raise Fault(f"{store}.{table} in {place.flow.folder} cannot be read: {done.stderr}")
            found[f"{store}.{table}"] = sorted(done.stdout.splitlines())
    return found


def expected(programs, folder):
    """The tables after one generation, and after both."""
    place = Place(programs, folder)
    wanted = {}
    for generation in (1, 2):
        place.drop(generation)
        done = place.run("up", "--once")
        if done.returncode != 0:
            raise Fault(f"an undisturbed run in {folder} ended with {done.returncode}: {done.stdout}{done.stderr}")
        wanted[generation] = rows(place)
    place.flow.remove()
    return wanted


# Disks


class SmallDisk:
    """A file system in memory in the place of a folder, with all that was in that; it is full until there is room."""

    def __init__(self, folder, size="64m"):
        self.folder = pathlib.Path(folder)
        kept = self.folder.with_name(f".{self.folder.name}.kept")
        self.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", kept.parent / self.folder.name], check=True)

    def fill(self, leave=0):
        with open(self.folder / ".filler", "ab", buffering=0) as filler:
            with contextlib.suppress(OSError):
                while True:
                    filler.write(bytes(1 << 16))
            with contextlib.suppress(OSError):
                while True:
                    filler.write(bytes(512))
            if leave:
                os.truncate(filler.fileno(), max(0, os.fstat(filler.fileno()).st_size - leave))

    def make_room(self):
        (self.folder / ".filler").unlink(missing_ok=True)

    def end(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True)


def may_mount(scratch):
    probe = pathlib.Path(scratch) / "probe"
    probe.mkdir(parents=True)
    may = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", probe], capture_output=True).returncode == 0
    if may:
        subprocess.run(["umount", probe], check=True)
    probe.rmdir()
    return may


def full_disk(programs, scratch, wanted, function, folder, leave=0):
    """A handler meets a full disk; there is room; all goes on."""
    name = f"{function}-{folder.replace('/', '-')}-{leave}"
    paused = {} if function in ("split", "crawl", "convert", "load") else {
        "functions": SETTINGS["functions"] | {function: {"handler": function, "concurrency": 0}}}
    place = Place(programs, pathlib.Path(scratch) / name, **paused)
    disk = SmallDisk(place.flow.folder / folder)
    try:
        if paused:
            place.drop(1)
            place.run("up", "--once")
            (place.flow.folder / "functions.json").write_text(json.dumps(SETTINGS))
        else:
            place.drop(1)
        before = {path for path in disk.folder.rglob("*")}
        disk.fill(leave)
        done = place.run("up", "--once")
        ends = place.ends(function)
        if not any(outcome == "not_now" and error == "DiskFull" and code == 75 for outcome, error, _, code in ends):
            raise Fault(f"{name}: no run of {function} ended with 75 and DiskFull: {ends}; {done.stdout}{done.stderr}")
        if any(outcome != "not_now" for outcome, _, _, _ in ends):
            raise Fault(f"{name}: some run of {function} ended otherwise: {ends}")
        messages = [message for outcome, _, message, _ in ends if outcome == "not_now"]
        if not all("space" in message for message in messages):
            raise Fault(f"{name}: the cause is not named: {messages}")
        if "left" not in done.stdout:
            raise Fault(f"{name}: it is not told that something is left: {done.stdout}")
        disk.make_room()
        half = [path for path in disk.folder.rglob("*") if path not in before and path.name.endswith((".parquet", ".tmp"))]
        if half and folder == "buckets/lake":
            named = "".join(path.read_text() for path in disk.folder.rglob("_delta_log/*.json"))
            orphans = [str(path) for path in half if path.name not in named]
            if orphans:
                raise Fault(f"{name}: half done: {orphans}")
        return place.check(1, wanted)
    finally:
        place.flow.kill()
        disk.end()
        place.flow.remove()


def full_compaction(programs, scratch, wanted):
    """`sluice compact` meets a full disk: nothing stays of what it wrote, and the tables are as they were."""
    place = Place(programs, pathlib.Path(scratch) / "compact")
    disk = SmallDisk(place.flow.buckets / "lake")
    try:
        place.drop(1)
        place.run("up", "--once")
        # Small files to be joined.
        for number in range(4):
            place.flow.drop(f"orders/{number}.csv", f"id,amount,region,note\n{number},1,r1,x\n")
            place.run("up", "--once")
            place.flow.drop(f"orders/{number}.csv", "id,amount,region,note\n")
        before = {path for path in disk.folder.rglob("*.parquet")}
        disk.fill()
        done = place.run("compact", "orders")
        if done.returncode != 1 or "DiskFull" not in done.stderr:
            raise Fault(f"compact: a full disk ended with {done.returncode}: {done.stdout}{done.stderr}")
        disk.make_room()
        if {path for path in disk.folder.rglob("*.parquet")} != before:
            raise Fault("compact: something half done is left")
        done = place.run("compact", "orders")
        if done.returncode != 0:
            raise Fault(f"compact: with room it ended with {done.returncode}: {done.stdout}{done.stderr}")
        return place.check(1, wanted)
    finally:
        place.flow.kill()
        disk.end()
        place.flow.remove()


def full_ledger(programs, scratch, wanted):
    """The ledger's disk is full while the daemon runs; it goes on by itself once there is room."""
    place = Place(programs, pathlib.Path(scratch) / "ledger-full")
    disk = SmallDisk(place.flow.buckets / ".sluice")
    try:
        place.start()
        disk.fill()
        place.drop(1)
        wait(lambda: "cannot be written" in place.log.read_text(), "the ledger cannot be written")
        if "full" not in place.log.read_text():
            raise Fault(f"ledger-full: the cause is not named: {place.log.read_text()}")
        if place.flow.daemon.poll() is not None:
            raise Fault(f"ledger-full: the daemon has ended: {place.log.read_text()}")
        disk.make_room()
        wait(lambda: place.flow.ledger("SELECT count(*) FROM deliveries WHERE state = 'done'")[0][0] > 0, "work after there is room")
        place.flow.stop()
        disk.fill()
        done = place.run("up", "--once")
        if done.returncode == 0 or "full" not in done.stderr:
            raise Fault(f"ledger-full: a start on a full disk ended with {done.returncode}: {done.stdout}{done.stderr}")
        disk.make_room()
        return place.check(1, wanted)
    finally:
        place.flow.kill()
        disk.end()
        place.flow.remove()


def full_everywhere(programs, scratch, wanted):
    """All buckets on one disk, which is full while files come, and gets room bit by bit."""
    place = Place(programs, pathlib.Path(scratch) / "all-full", warehouse="warehouse.duckdb")
    disk = SmallDisk(place.flow.buckets)
    try:
        place.start()
        place.drop(1)
        for leave in (0, 1 << 16, 1 << 18, 1 << 19, 1 << 20, 1 << 21):
            disk.make_room()
            disk.fill(leave)
            place.flow.run("status", check=False)
        wait(lambda: "No space left" in place.log.read_text() or "disk is full" in place.log.read_text(), "a full disk is told")
        if place.flow.daemon.poll() is not None:
            raise Fault(f"all-full: the daemon has ended: {place.log.read_text()}")
        disk.make_room()
        place.flow.stop()
        return place.check(1, wanted)
    finally:
        place.flow.kill()
        disk.end()
        place.flow.remove()


# Limits


def descriptors(programs, scratch, wanted):
    """So few descriptors that Sluice or its handlers cannot work; then enough."""
    return limited(programs, scratch, wanted, "descriptors", resource.RLIMIT_NOFILE, [8, 32, 63, 64, 72, 96], "open files")


def processes(programs, scratch, wanted):
    """So few processes that handlers cannot be started; then enough."""
    return limited(programs, scratch, wanted, "processes", resource.RLIMIT_NPROC, [8, 32, 63, 64], "processes", NOBODY)


def limited(programs, scratch, wanted, name, kind, limits, word, user=None):
    """A start under each limit ends by itself and, if nothing was done, says why."""
    place = Place(programs, pathlib.Path(scratch) / name, user=user)
    try:
        place.drop(1)
        told = 0
        for limit in limits:
            done = place.run("up", "--once", limits=[(kind, limit)])
            if done.returncode < 0:
                raise Fault(f"{name}: with {limit} `sluice up` ended by signal {-done.returncode}: {done.stderr}")
            if done.returncode != 0 and not done.stderr.strip() and "left" not in done.stdout:
                raise Fault(f"{name}: with {limit} `sluice up` ended with {done.returncode} and said nothing: {done.stdout}")
            told += word in done.stderr
        if told == 0:
            raise Fault(f"{name}: the limit was never told")
        return place.check(1, wanted)
    finally:
        place.flow.remove()


# Permissions


def forbidden(programs, scratch, wanted, function, folder, way):
    """A handler may not write where it has to; it is told; it may; all goes on."""
    name = f"{way}-{function}-{folder.replace('/', '-')}"
    place = Place(programs, pathlib.Path(scratch) / name, user=NOBODY)
    target = place.flow.folder / folder
    target.mkdir(parents=True, exist_ok=True)
    place.own()
    try:
        place.drop(1)
        shut(target, way)
        done = place.run("up", "--once")
        told = done.stdout + done.stderr + "".join(str(end[2]) for end in place.ends(function))
        if str(target) not in told.replace("buckets/../", ""):
            raise Fault(f"{name}: the path is not named: {told}")
        cause = "Read-only file system" if way == "read-only" else "Permission denied"
        if cause not in told:
            raise Fault(f"{name}: the cause is not named: {told}")
        if any(outcome != "not_now" for outcome, _, _, _ in place.ends(function)):
            raise Fault(f"{name}: a run was counted as a failure: {place.ends(function)}")
        shut(target, way, False)
        return place.check(1, wanted)
    finally:
        with contextlib.suppress(Exception):
            shut(target, way, False)
        place.flow.remove()


def shut(folder, way, is_shut=True):
    if way == "read-only":
        if is_shut:
            subprocess.run(["mount", "--bind", folder, folder], check=True)
            subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        elif f" {folder} " in pathlib.Path("/proc/self/mounts").read_text():
            # os.path.ismount() does not know a folder that is mounted onto itself.
            subprocess.run(["umount", "--lazy", folder], check=True)
    elif is_shut:
        os.chown(folder, 0, 0)
        folder.chmod(0o555)
    else:
        os.chown(folder, NOBODY, NOBODY)
        folder.chmod(0o755)


def unreadable(programs, scratch, wanted):
    """Dropped files that may not be read; they may; they are taken."""
    place = Place(programs, pathlib.Path(scratch) / "unreadable", user=NOBODY)
    try:
        place.drop(1)
        shut_files = list((place.flow.buckets / "stage-1").rglob("*.*"))
        for path in shut_files:
            os.chown(path, 0, 0)
            path.chmod(0o600)
        done = place.run("up", "--once")
        if "Permission denied" not in done.stderr or "stage-1" not in done.stderr:
            raise Fault(f"unreadable: it is not told: {done.stderr}")
        place.start()
        for path in shut_files:
            path.chmod(0o644)
        # A change of the mode alone is no new content; it has to be noticed all the same.
        wait(lambda: place.flow.ledger("SELECT count(*) FROM objects WHERE bucket = 'stage-1'")[0][0] == len(shut_files), "files that may be read are taken")
        place.flow.stop()
        return place.check(1, wanted)
    finally:
        place.flow.kill()
        place.flow.remove()


# The ledger


def held_ledger(programs, scratch, wanted):
    """Another process holds the ledger for longer than SQLite waits, while the daemon runs and before it starts."""
    place = Place(programs, pathlib.Path(scratch) / "held")
    try:
        place.start()
        held = sqlite3.connect(place.flow.buckets / ".sluice/ledger.sqlite", isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        place.drop(1)
        wait(lambda: "cannot be written" in place.log.read_text(), "the ledger cannot be written")
        if "locked" not in place.log.read_text():
            raise Fault(f"held: the cause is not named: {place.log.read_text()}")
        held.execute("ROLLBACK")
        wait(lambda: place.flow.ledger("SELECT count(*) FROM deliveries WHERE state = 'done'")[0][0] > 0, "work after the ledger is free")
        place.flow.stop()
        held.execute("BEGIN IMMEDIATE")
        done = place.run("up", "--once")
        if done.returncode != 1 or "locked" not in done.stderr:
            raise Fault(f"held: a start ended with {done.returncode}: {done.stderr}")
        held.execute("ROLLBACK")
        held.close()
        return place.check(1, wanted)
    finally:
        place.flow.kill()
        place.flow.remove()


# Clocks


DAY = 86_400


def clocks(programs, scratch, wanted):
    """The clock is set back and forward between starts and while the daemon runs; the newer version wins."""
    place = Place(programs, pathlib.Path(scratch) / "clocks")
    clock, library = place.flow.folder / "clock", place.flow.folder / "clock.so"
    subprocess.run(["clang", "-shared", "-fPIC", "-o", library, pathlib.Path(__file__).with_name("clock.c")], check=True)

    def environment(offset):
        clock.write_text(f"{offset}\n")
        return os.environ | {"LD_PRELOAD": str(library), "WRONG_CLOCK": str(clock)}

    def newest():
        return place.run("query", "--format", "csv", "SELECT max(price), count(*) FROM warehouse.prices").stdout.splitlines()[-1:]

    try:
        for number, offset in enumerate([0, -400 * DAY, 400 * DAY, -7200]):
            place.flow.drop("prices/p.csv", f"item,price\na,{number}\n")
            done = place.run("up", "--once", env=environment(offset))
            if done.returncode != 0 or newest() != [f"{number},1"]:
                raise Fault(f"clocks: after {offset} prices are {newest()}, expected {number}: {done.stdout}{done.stderr}")
        place.start(env=environment(0))
        for number, offset in enumerate([-400 * DAY, 800 * DAY, 0], start=4):
            clock.write_text(f"{offset}\n")
            place.flow.drop("prices/p.csv", f"item,price\na,{number}\n")
            wait(lambda number=number: newest() == [f"{number},1"], f"prices at {offset}", 60)
        place.flow.stop()
        numbers = [row[0] for row in place.flow.ledger("SELECT sequencer FROM objects WHERE bucket = 'stage-1' ORDER BY id")]
        if numbers != sorted(set(numbers)):
            raise Fault(f"clocks: sequencers went back: {numbers}")
        place.drop(1)
        place.flow.drop("prices/p.csv", files(1)["prices/1.csv"])
        place.flow.buckets.joinpath("stage-1/prices/1.csv").unlink()
        done = place.run("up", "--once")
        if done.returncode != 0:
            raise Fault(f"clocks: {done.stdout}{done.stderr}")
        findings = json.loads(place.run("verify", "--json").stdout)["findings"]
        if findings:
            raise Fault(f"clocks: {findings}")
        return 7
    finally:
        place.flow.kill()
        place.flow.remove()


SHORT = ("split in buckets/stage-2, 0", "load in store, 0", "results, 0", "denied: convert", "clocks")


def may_be_entered(*folders):
    """Whether another user may enter these folders."""
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return all(subprocess.run([*other, "test", "-x", folder], check=False).returncode == 0 for folder in folders)


def faults(programs, scratch, say):
    """Every fault with its name; a line for each kind that cannot be made here."""
    root = os.geteuid() == 0
    mounts = root and may_mount(scratch)
    found = []
    if mounts:
        found += [
            (f"disk full: {function} in {folder}, {leave} bytes left", lambda *a, f=function, d=folder, n=leave: full_disk(*a, f, d, n))
            for function, folder, leave in [
                ("split", "buckets/stage-2", 0), ("split", "buckets/stage-2", 1 << 16), ("crawl", "buckets/catalog", 0),
                ("convert", "buckets/lake", 0), ("convert", "buckets/lake", 1 << 15), ("convert", "buckets/quarantine", 0),
                ("load", "store", 0), ("load", "store", 1 << 18), ("similarity", "buckets/lake", 0), ("similarity", "buckets/results", 0),
                ("derive", "buckets/lake", 0), ("derive", "buckets/lake", 4096),
            ]
        ]
        found += [("disk full: compact in buckets/lake", full_compaction), ("disk full: the ledger", full_ledger)]
        found += [("disk full: all at once", full_everywhere)]
    else:
        say("disks without room and read-only folders are skipped: nothing can be mounted here")
    if root and may_be_entered(scratch, programs):
        found += [
            (f"{way}: {function} in {folder}", lambda *a, f=function, d=folder, w=way: forbidden(*a, f, d, w))
            for way in ["denied"] + ["read-only"] * mounts
            for function, folder in [
                ("split", "buckets/stage-2"), ("crawl", "buckets/catalog"), ("convert", "buckets/lake"), ("load", "store"),
                ("up", "buckets/.sluice"),
            ]
        ]
        found += [("unreadable files", unreadable), ("processes", processes)]
    else:
        say("permissions and the limit of processes are skipped: this needs root, and folders that another user may enter")
    found += [("descriptors", descriptors), ("held ledger", held_ledger)]
    if shutil.which("clang"):
        found.append(("clocks", clocks))
    else:
        say("clocks are skipped: there is no clang beside swift")
    return found


def run(programs, scratch, say=print, is_short=False, only=""):
    """All faults, a few of them, or those whose names hold a text; how many, and the rows that were compared."""
    scratch = pathlib.Path(scratch).resolve()
    wanted = expected(programs, scratch / "undisturbed")
    count = compared = 0
    for name, fault in faults(programs, scratch, say):
        if only in name and (not is_short or any(part in name for part in SHORT)):
            compared += fault(programs, scratch, wanted)
            count += 1
            say(f"ok: {name}")
    return {"faults": count, "rows": compared}
