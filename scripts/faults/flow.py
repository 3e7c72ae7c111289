"""Buckets that faults are done to: Sluice's programs behind wrappers, files to drop, what the tables say afterwards."""
import contextlib
import csv
import io
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time

HANDLERS = ["split", "crawl", "convert", "load", "similarity", "derive", "compact", "vacuum", "sync", "publish"]

# A handler takes the next line of its plan, if there is one: `CALLS WHEN PATH # name` kills it with SIGKILL when it makes
# one of these system calls for the WHEN-th time, before the call takes place; only calls on PATH count, unless it is `-`.
WRAPPER = """#!/bin/bash
plan='{plans}/{name}'
if [ -e "$plan" ]; then
    exec 9<"$plan.lock"
    flock 9
    IFS= read -r line <"$plan" && sed -i 1d "$plan"
    exec 9<&-
    if [[ $line == *' # '* ]]; then
        read -r calls when path _ <<<"$line"
        options=(-e "trace=$calls" -e "inject=$calls:signal=SIGKILL:when=$when")
        [ "$path" = - ] || options+=(-P "$path")
        strace -f -qq -o /dev/null "${{options[@]}}" -- '{real}/{name}' "$@"
        code=$?
        # Not met in this run: another one takes it.
        [ $code -eq 137 ] || {{ printf '%s\\n' "$line" >>"$plan"; exit $code; }}
        printf '%s\\n' "{name}: ${{line##* # }}" >>'{plans}/done'
        kill -KILL $$
    fi
fi
exec '{real}/{name}' "$@"
"""


class Fault(Exception):
    """A promise that did not hold."""


class Flow:
    """Fresh buckets with settings, in a folder of their own."""

    def __init__(self, programs, folder, settings):
        self.real = pathlib.Path(programs).resolve()
        self.folder = pathlib.Path(folder)
        self.buckets = self.folder / "buckets"
        self.plans = self.folder / "plans"
        self.programs = self.folder / "programs"
        for each in (self.buckets / "stage-1", self.plans, self.programs):
            each.mkdir(parents=True)
        (self.folder / "functions.json").write_text(json.dumps(settings, indent=1))
        self.daemon = None
        self.drops = self.deletions = 0
        shutil.copy2(self.real / "sluice", self.programs / "sluice")
        (self.programs / "sluice-sql").symlink_to(self.real / "sluice-sql")
        for name in HANDLERS:
            (self.programs / name).symlink_to(self.real / name)

    def wrap(self, *names):
        """From now on these handlers follow plans."""
        for name in names:
            wrapper = self.programs / f".{name}"
            wrapper.write_text(WRAPPER.format(plans=self.plans, name=name, real=self.real))
            wrapper.chmod(0o755)
            wrapper.rename(self.programs / name)

    def plan(self, handler, lines):
        """Each next run of a handler takes a line: `CALLS WHEN PATH # name`, or an empty one for an undisturbed run."""
        (self.plans / f"{handler}.lock").touch()
        (self.plans / handler).write_text("".join(f"{line}\n" for line in lines))

    def planned(self):
        """The steps at which a handler was killed."""
        notes = self.plans / "done"
        return notes.read_text().splitlines() if notes.exists() else []

    # Files

    def drop(self, key, content):
        """Writes a file of stage-1 under a hidden name and renames it, as a careful writer does."""
        place = self.buckets / "stage-1" / key
        place.parent.mkdir(parents=True, exist_ok=True)
        hidden = place.with_name(f".{place.name}")
        hidden.write_bytes(content.encode() if isinstance(content, str) else content)
        hidden.rename(place)
        self.drops += 1

    def delete(self, key):
        (self.buckets / "stage-1" / key).unlink()
        self.deletions += 1

    # Programs

    def run(self, *arguments, check=True, **options):
        """One call of `sluice`; its output."""
        done = subprocess.run(
            [self.programs / "sluice", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=900, **options)
        if check and done.returncode != 0:
            raise Fault(f"`sluice {' '.join(arguments)}` in {self.folder} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def start(self, *arguments, **options):
        """`sluice up` in the background, in a session of its own; returns once it holds the buckets or has ended."""
        self.daemon = subprocess.Popen(
            [self.programs / "sluice", "up", *arguments], cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "up.log", "ab"), start_new_session=True, **options)
        return self.daemon

    def kill(self):
        """SIGKILL to the daemon alone; its handlers live on as orphans."""
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGKILL)
        if self.daemon is not None:
            self.daemon.wait()
            self.daemon = None

    def stop(self):
        """SIGTERM, and the end that is promised for it."""
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGTERM)
            code = self.daemon.wait(timeout=120)
            self.daemon = None
            # Before it handles signals there is nothing to bring to an end.
            if code not in (0, -signal.SIGTERM):
                raise Fault(f"`sluice up` in {self.folder} ended with {code} at SIGTERM")

    def handlers(self):
        """Processes of handlers that work for these buckets."""
        wanted = f"SLUICE_BUCKETS={self.buckets}".encode()
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError):
                    if wanted in pathlib.Path(f"/proc/{entry}/environ").read_bytes().split(b"\0"):
                        found.append(int(entry))
        return found

    def settle(self, expected_dead=()):
        """Lets all come to rest, redrives what killed runs left dead, and cleans up."""
        for _ in range(20):
            self.run("up", "--once", check=False)
            status = json.loads(self.run("status", "--json", check=False).stdout)
            dead = {letter["key"] for letter in self.dead_letters()}
            moving = status["queued"] + status["running"] + status["waiting"]
            if moving == 0 and dead == set(expected_dead):
                break
            self.run("redrive", check=False)
        else:
            raise Fault(f"{self.folder} does not come to rest: {status}, dead letters {dead}")
        self.run("vacuum")

    # What is there

    def ledger(self, sql):
        ledger = sqlite3.connect(f"file:{self.buckets}/.sluice/ledger.sqlite?mode=ro", uri=True, timeout=30)
        with contextlib.closing(ledger):
            return ledger.execute(sql).fetchall()

    def dead_letters(self):
        """The present dead letters; the key is that of the file in stage-1."""
        rows = self.ledger(
            "SELECT DISTINCT o.source_key, d.function, d.error_type FROM deliveries d JOIN objects o ON o.id = d.object_id "
            "WHERE d.state = 'dead'")
        return [{"key": key, "function": function, "error": error} for key, function, error in rows]

    def rows(self, store, table):
        """All rows of a table but for `_seq`, as sorted text; none for a table that is not there."""
        done = self.run("query", "--format", "csv", f"SELECT COLUMNS(c -> c <> '_seq') FROM {store}.{table}", check=False)
        if done.returncode != 0:
            if "does not exist" in done.stderr or "no table" in done.stderr.lower():
                return []
            raise Fault(f"{store}.{table} in {self.folder} cannot be read: {done.stderr}")
        return sorted(tuple(row) for row in csv.reader(io.StringIO(done.stdout)))

    def findings(self):
        report = json.loads(self.run("verify", "--json", check=False).stdout)
        return report["findings"]

    def hidden_leftovers(self):
        """Temporary files below the buckets that no live process has."""
        return [
            str(path.relative_to(self.buckets)) for path in self.buckets.rglob("*")
            if path.is_file() and ".sluice" not in path.relative_to(self.buckets).parts
            and any(part.startswith(".") for part in path.relative_to(self.buckets).parts)
        ]

    def remove(self):
        self.kill()
        for process in self.handlers():
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


def wait(condition, what, patience=600):
    """Until a condition holds; a fault if it never does."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise Fault(f"waited in vain: {what}")
        time.sleep(0.01)
