"""When to kill: after a time, or right after Sluice has changed a file that stands for a step; see inotify(7)."""
import ctypes
import os
import select
import struct

MODIFY, MOVED_TO, CREATE, DELETE = 0x2, 0x80, 0x100, 0x200
libc = ctypes.CDLL(None, use_errno=True)


class Moments:
    """Waits for changes below the buckets of a flow."""

    def __init__(self, flow):
        self.flow = flow
        self.notices = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)

    def close(self):
        os.close(self.notices)

    def watch(self, folder, mask):
        place = self.flow.buckets / folder
        return place.is_dir() and libc.inotify_add_watch(self.notices, os.fsencode(place), mask) >= 0

    def wait(self, name, count, seconds):
        """Until the count-th notice of a file whose name ends so, or until the time is over; whether it came."""
        poll = select.poll()
        poll.register(self.notices, select.POLLIN)
        while count > 0:
            if not poll.poll(seconds * 1000):
                return False
            data = os.read(self.notices, 65536)
            while data:
                _, _, _, length = struct.unpack_from("iIII", data)
                text = data[16:16 + length].rstrip(b"\0").decode()
                data = data[16 + length:]
                count -= text.endswith(name)
        return True

    def write_to_the_ledger(self, dice):
        """Within or right after a transaction of the ledger."""
        self.watch(".sluice", MODIFY)
        return self.wait("ledger.sqlite-wal", dice.randrange(1, 60), 1)

    def commit_to_the_lake(self, dice):
        """Between a commit of a lake table and the end of the run in the ledger."""
        logs = sorted(path.relative_to(self.flow.buckets) for path in self.flow.buckets.glob("lake/*/_delta_log"))
        for log in logs:
            self.watch(log, CREATE)
        return bool(logs) and self.wait(".json", dice.randrange(1, 4), 1)

    def catalog_entry(self, dice):
        """Between a catalog entry and the event that follows it."""
        self.watch("catalog", MOVED_TO)
        return self.wait(".json", dice.randrange(1, 3), 1)

    def warehouse_commit(self, dice):
        """Between a transaction of the warehouse file and the end of the run in the ledger."""
        self.watch(".", DELETE)
        return self.wait("warehouse.duckdb.wal", dice.randrange(1, 3), 1)

    def arrival(self, dice):
        """Between the rename of a dropped file and its record."""
        folders = sorted(path.relative_to(self.flow.buckets) for path in self.flow.buckets.glob("stage-1/*"))
        for folder in folders:
            self.watch(folder, MOVED_TO)
        return bool(folders) and self.wait("", dice.randrange(1, 6), 1)
