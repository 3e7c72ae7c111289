"""The named steps at which handlers are killed, each once in a flow, and what must be true afterwards."""
import random

import workload
from flow import Fault, Flow

# Handler, system calls, which of them, on which file below the buckets, what the kill lies between.
STEPS = [
    ("split", "mkdir", 12, "-", "before the folder of a version"),
    ("split", "write", 1, "-", "before the first bytes of a chunk"),
    ("split", "write", 2, "-", "within a chunk"),
    ("split", "rename", 1, "-", "between chunks and manifest"),
    ("split", "rename", 2, "-", "between the versions of a batch"),
    ("split", "exit_group", 1, "-", "between manifest and ledger"),
    ("crawl", "rename", 1, "-", "between columns found and catalog"),
    ("crawl", "exit_group", 1, "-", "between catalog and event"),
    ("convert", "rename", 1, "-", "before bad rows are in quarantine"),
    ("convert", "fsync", 1, "-", "between data files"),
    ("convert", "fsync", 3, "-", "between data files and their names on disk"),
    ("convert", "link", 1, "-", "between data files and commit"),
    ("convert", "exit_group", 1, "-", "between commit and ledger"),
    ("similarity", "link", 1, "-", "between results and their first commit"),
    ("similarity", "link", 2, "-", "between two commits"),
    ("similarity", "rename", 1, "-", "before the file of results"),
    ("similarity", "exit_group", 1, "-", "between commit and ledger"),
    ("derive", "fsync", 1, "-", "between rows and data file"),
    ("derive", "link", 1, "-", "between data file and commit"),
    ("derive", "exit_group", 1, "-", "between commit and ledger"),
    ("load", "exit_group", 1, "-", "between commit and ledger"),
    ("compact", "fsync", 1, "-", "between joined files"),
    ("compact", "link", 1, "-", "between joined files and commit"),
    ("compact", "exit_group", 1, "-", "between commit and answer"),
    ("vacuum", "unlink", 2, "-", "between files that go"),
    ("vacuum", "exit_group", 1, "-", "between files that went and answer"),
]
FILE_STEPS = [
    ("load", "write", 1, "warehouse.duckdb.wal", "before the transaction is written"),
    ("load", "write", 2, "warehouse.duckdb.wal", "within the transaction"),
    ("load", "fsync", 1, "warehouse.duckdb.wal", "before the transaction is on disk"),
    ("load", "pwrite64", 1, "warehouse.duckdb", "before the checkpoint of the warehouse"),
    ("load", "pwrite64", 3, "warehouse.duckdb", "within the checkpoint of the warehouse"),
    ("load", "unlink", 1, "warehouse.duckdb.wal", "between checkpoint and end of the log"),
]


def server_steps(dice):
    """Kills at messages to PostgreSQL; a load of this workload sends some forty, the last of them the COMMIT."""
    return [("load", "sendto", count, "-", f"at message {count} of its transaction") for count in sorted(dice.sample(range(3, 45), 8))]


def plans(flow, steps, dice):
    """Gives every handler a plan with its steps in some order.

    Between two of them a run goes undisturbed, but not of `compact` and `vacuum`: after it there is nothing left to do.
    """
    by_handler = {}
    for handler, calls, when, path, name in steps:
        place = path if path == "-" else str(flow.buckets / path)
        by_handler.setdefault(handler, []).append(f"{calls} {when} {place} # {name}")
    flow.wrap(*by_handler)
    for handler, lines in by_handler.items():
        dice.shuffle(lines)
        pause = [] if handler in ("compact", "vacuum") else [""]
        flow.plan(handler, [line for each in lines for line in (each, *pause)])


def expected(programs, folder, made, settings):
    """The tables after an undisturbed run of the same files."""
    flow = prepared(programs, folder, settings)
    flow.start()
    workload.drop_all(flow, made)
    flow.stop()
    flow.settle(workload.DEAD)
    check(flow)
    tables = workload.tables(flow)
    flow.remove()
    return tables


def prepared(programs, folder, settings):
    flow = Flow(programs, folder, settings)
    (flow.folder / "totals.sql").write_text(workload.TOTALS)
    return flow


def check(flow):
    """After everything: nothing missing, doubled or left over."""
    findings = flow.findings()
    if findings:
        raise Fault(f"`sluice verify` in {flow.folder}: {findings}")
    if flow.hidden_leftovers():
        raise Fault(f"left over in {flow.folder}: {flow.hidden_leftovers()}")
    scratch = flow.buckets / ".sluice/scratch"
    left = sorted(path.name for path in scratch.iterdir()) if scratch.exists() else []
    if left:
        raise Fault(f"left over in {scratch}: {left}")


def compare(flow, wanted):
    """Every row of every table against the undisturbed run; how many rows were compared."""
    found = workload.tables(flow)
    for table, rows in wanted.items():
        if found[table] != rows:
            missing = [row for row in rows if row not in set(found[table])][:3]
            more = [row for row in found[table] if row not in set(rows)][:3]
            raise Fault(f"{table} in {flow.folder} has {len(found[table])} rows, expected {len(rows)}; missing {missing}, too many {more}")
    return 2 * sum(max(0, len(rows) - 1) for rows in wanted.values())


def run(programs, scratch, seed, server=None):
    """One flow in which every step is met; kills, files and rows compared."""
    dice = random.Random(seed)
    made = workload.generations(seed, count=3)
    wanted = expected(programs, scratch / "undisturbed", made, workload.settings())
    flow = prepared(programs, scratch / "steps", workload.settings(*(server or [])))
    steps = STEPS + (server_steps(dice) if server else FILE_STEPS)
    plans(flow, steps, dice)
    flow.start()
    workload.drop_all(flow, made)
    flow.stop()
    small = []
    # Steps that no run was left for: the last files again, with other bytes and the same rows.
    for again in range(1, 40):
        flow.run("up", "--once", check=False)
        missed = unmet(flow, steps)
        if not missed:
            break
        flow.run("redrive", check=False)
        flow.run("compact", check=False)
        flow.run("vacuum", "--retention-hours", "0", check=False)
        workload.drop_all(flow, [workload.same_rows(made[-1], again)], recorded=False)
        # A data file more, so that there is always something to join.
        small.append((str(again), f"stage-1/small/{again}.csv"))
        flow.drop(f"small/{again}.csv", f"n\n{again}\n")
    flow.settle(workload.DEAD)
    rows = compare(flow, wanted)
    for store in ("lake", "warehouse"):
        if small and flow.rows(store, "small") != sorted([("n", "_source"), *small]):
            raise Fault(f"{store}.small in {flow.folder} has other rows than {small}")
    check(flow)
    result = {"kills": len(flow.planned()), "files": flow.drops, "rows": rows, "steps": len(steps), "missed": missed}
    flow.remove()
    return result


def unmet(flow, steps):
    done = set(flow.planned())
    return [f"{handler}: {name}" for handler, _, _, _, name in steps if f"{handler}: {name}" not in done]
