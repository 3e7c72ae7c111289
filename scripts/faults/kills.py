"""Flows in which the daemon and handlers are killed with SIGKILL again and again."""
import contextlib
import os
import random
import signal
import threading
import time

import steps
import workload
from moments import Moments

MOMENTS = ["write_to_the_ledger", "commit_to_the_lake", "catalog_entry", "warehouse_commit", "arrival"]


class Killer:
    """Kills in one flow, as its seed says."""

    def __init__(self, flow, dice):
        self.flow, self.dice = flow, dice
        self.kills = {"daemon": 0, "handler": 0}

    def count(self):
        return sum(self.kills.values())

    def kill_once(self):
        """Kills the daemon, a handler, or all there is, at a moment or after a time."""
        choice = self.dice.random()
        if choice < 0.35:
            time.sleep(self.dice.uniform(0.005, 0.5))
            self.kill_daemon()
        elif choice < 0.6:
            moments = Moments(self.flow)
            try:
                getattr(moments, self.dice.choice(MOMENTS))(self.dice)
            finally:
                self.kill_daemon()
                moments.close()
        elif choice < 0.95:
            time.sleep(self.dice.uniform(0.005, 0.3))
            self.kill_handlers(1)
        else:
            time.sleep(self.dice.uniform(0.005, 0.3))
            self.kill_handlers(100)
            self.kill_daemon()

    def kill_daemon(self):
        if self.flow.daemon is not None and self.flow.daemon.poll() is None:
            self.flow.kill()
            self.kills["daemon"] += 1
        # Sometimes files arrive while nothing runs.
        if self.dice.random() < 0.3:
            time.sleep(self.dice.uniform(0, 0.2))
        self.flow.start()

    def kill_handlers(self, most):
        running = self.flow.handlers()
        self.dice.shuffle(running)
        for process in running[:most]:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
                self.kills["handler"] += 1


def run(programs, scratch, seed, kills, server=None):
    """One flow with so many kills; what was killed, files and rows compared."""
    dice = random.Random(seed)
    made = workload.generations(seed)
    wanted = steps.expected(programs, scratch / "undisturbed", made, workload.settings())
    settings = workload.settings(*(server or []))
    settings["triggers"].append({"id": "often", "function": "compact", "schedule": "rate(2 seconds)"})
    flow = steps.prepared(programs, scratch / "kills", settings)
    killer = Killer(flow, dice)
    flow.start()

    failures = []

    def drop():
        try:
            pause = random.Random(seed + 1)
            workload.drop_all(flow, made, lambda: time.sleep(pause.uniform(0, 0.1)))
            again = 0
            while killer.count() < kills:
                again += 1
                workload.drop_all(flow, [workload.same_rows(made[-1], again)], lambda: time.sleep(pause.uniform(0, 0.2)))
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            failures.append(error)

    dropping = threading.Thread(target=drop, daemon=True)
    dropping.start()
    while killer.count() < kills or dropping.is_alive():
        if failures:
            raise failures[0]
        if killer.count() < kills:
            killer.kill_once()
        else:
            dropping.join(0.1)
    flow.stop()
    flow.settle(workload.DEAD)
    rows = steps.compare(flow, wanted)
    steps.check(flow)
    flow.remove()
    return {"seed": seed, "kills": killer.count(), **killer.kills, "files": flow.drops, "rows": rows}
