"""Breaks Sluice in every way there is a module for, and counts what was lost or doubled.

usage: faults PROGRAMS RESULTS [--short] [--seed N] [--kills N] [--only PART ...] [--postgres URL]
    --short      one seed, few kills: what scripts/test runs
    --seed       another course of events; printed, so that it can be run again
    --kills      at least so many in the part `kills`; default 500, with --short 15
    --only       steps, kills, resources; may be repeated
    --postgres   also load into this server
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import kills  # noqa: E402
import resources  # noqa: E402
import steps  # noqa: E402
from flow import Fault  # noqa: E402

PARTS = ["steps", "kills", "resources"]


def say(text):
    print(f"faults: {text}", file=sys.stderr, flush=True)


class Servers:
    """A schema of its own in the PostgreSQL server for each flow."""

    def __init__(self, url):
        self.url, self.count = url, 0

    def next(self):
        self.count += 1
        return (self.url, f"faults_{os.getpid()}_{self.count}")


def can_trace():
    """Whether strace works here; containers may forbid it."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def run_steps(options, scratch, servers):
    if not can_trace():
        say("strace cannot trace here: kills at named steps are skipped")
        return []
    done = []
    for name, server in [("DuckDB file", None)] + ([("PostgreSQL", servers.next())] if servers else []):
        result = steps.run(options.programs, scratch, options.seed, server)
        done.append(result | {"warehouse": name})
        say(f"named steps, {name}: {result['kills']} kills at {result['steps'] - len(result['missed'])} of {result['steps']} steps, "
            f"{result['rows']} rows compared")
        if result["missed"]:
            raise Fault(f"steps that were never met: {result['missed']}")
    return done


def run_kills(options, scratch, servers):
    done, seed = [], options.seed
    each = min(options.kills, 30)
    while sum(result["kills"] for result in done) < options.kills:
        # Every third flow loads into the server.
        server = servers.next() if servers and len(done) % 3 == 2 else None
        result = kills.run(options.programs, scratch, seed, each, server)
        done.append(result | {"warehouse": "PostgreSQL" if server else "DuckDB file"})
        say(f"seed {seed}: {result['daemon']} kills of the daemon, {result['handler']} of handlers, {result['files']} files, "
            f"{result['rows']} rows compared")
        seed += 1
    return done


def run_resources(options, scratch, servers):
    result = resources.run(options.programs, scratch / "resources", say, is_short=options.short)
    say(f"resources: {result['faults']} faults, {result['rows']} rows compared")
    return [result]


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--postgres")
    options = parser.parse_args()
    options.seed = options.seed if options.seed is not None else 1 if options.short else int(time.time())
    options.kills = options.kills or (15 if options.short else 500)
    servers = Servers(options.postgres) if options.postgres else None
    say(f"seed {options.seed}")
    options.results = options.results.resolve()
    options.results.mkdir(parents=True, exist_ok=True)
    results, start = {"seed": options.seed}, time.monotonic()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="faults-", dir=options.results))
    # Some faults are done to another user, who must get there.
    scratch.chmod(0o755)
    for part in options.only or PARTS:
        try:
            results[part] = globals()[f"run_{part}"](options, scratch, servers)
        except Fault as fault:
            say(f"FAILED in {part} with --seed {options.seed}: {fault}")
            say(f"what was left is in {scratch}")
            sys.exit(1)
    shutil.rmtree(scratch)
    flows = results.get("steps", []) + results.get("kills", [])
    faults = sum(flow["faults"] for flow in results.get("resources", []))
    print(f"kills {sum(flow['kills'] for flow in flows)}  flows {len(flows)}  faults {faults}  files {sum(flow['files'] for flow in flows)}  "
          f"rows compared {sum(flow['rows'] for flow in flows)}  lost 0  doubled 0  left over 0  "
          f"seconds {time.monotonic() - start:.0f}")
    (options.results / "results.json").write_text(json.dumps(results, indent=1) + "\n")


main()
