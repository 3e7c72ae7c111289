"""What the figures were measured on."""
import datetime
import os
import platform
import subprocess
import time


def describe(results):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = int(next(line.split()[1] for line in open("/proc/meminfo") if line.startswith("MemTotal"))) / 2**20
    disk = subprocess.run(["df", "--output=source,fstype", str(results)], capture_output=True, text=True).stdout.split("\n")[1]
    return {
        "processor": model, "cores": os.cpu_count(), "memoryGiB": round(memory, 1), "kernel": platform.release(),
        "fileSystem": disk.split()[-1], "diskWriteMiBPerSecond": round(disk_speed(results)), "load": os.getloadavg()[0],
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }


def disk_speed(results):
    block, start = os.urandom(1 << 24), time.time()
    with open(results / "disk", "wb", buffering=0) as file:
        for _ in range(16):
            file.write(block)
        os.fsync(file.fileno())
    speed = 256 / (time.time() - start)
    os.unlink(results / "disk")
    return speed


def line(machine):
    return (
        "{processor}, {cores} cores, {memoryGiB} GiB, Linux {kernel}, {fileSystem}, writes {diskWriteMiBPerSecond} MiB/s; "
        "load {load:.1f} at {at}".format(**machine)
    )
