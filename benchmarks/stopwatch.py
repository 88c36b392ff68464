"""Wall seconds, CPU seconds and peak memory of what happens between two laps."""

import resource
import time
from pathlib import Path

import psutil

from dropout_book.history import History

PROCESS = Path("/proc/self")


class Stopwatch:
    """Measures this process, and the CPU seconds of the processes it started.

    Memory is resident memory at its peak, in bytes: everything the process holds then,
    the library and the data too, but not what its children hold. Only Linux can say it
    of a part of a process's life; elsewhere it is None.
    """

    def __init__(self):
        self.restart()

    def restart(self):
        if (PROCESS / "clear_refs").exists():
            (PROCESS / "clear_refs").write_text("5")  # the peak begins anew
        self.cpu, self.wall = cpu_seconds(), time.perf_counter()

    def lap(self):
        """What was used since the last lap, and start over."""
        used = {
            "wall": time.perf_counter() - self.wall,
            "cpu": cpu_seconds() - self.cpu,
            "memory": peak_memory(),
        }
        self.restart()
        return used


def cpu_seconds():
    """Of this process, its children that ended and those that live."""
    ended = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    total = sum(usage.ru_utime + usage.ru_stime for usage in ended)
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:  # it ended since; its time is lost, a few ms
            continue
        total += times.user + times.system
    return total


def peak_memory():
    if not (PROCESS / "clear_refs").exists():
        return None
    for line in (PROCESS / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024


class TimedHistory(History):
    """The History of a training loop that measures each epoch, up to its end."""

    def __init__(self):
        super().__init__()
        self.stopwatch = Stopwatch()

    def end_epoch(self, test_acc):
        super().end_epoch(test_acc)  # waits for what the library still computes
        self.used = self.stopwatch.lap()
