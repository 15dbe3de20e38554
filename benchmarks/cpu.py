"""CPU time of whole process trees: what a flag costs, steadier than the clock on a busy machine."""

from __future__ import annotations

from collections.abc import Mapping

import psutil


class Meter:
    """CPU seconds that named process trees have used since the meter was made or last reset."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = dict(roots)
        self._start = self._now()

    def reset(self) -> None:
        """Count from now."""
        self._start = self._now()

    def read(self) -> dict[str, float]:
        """Seconds by name."""
        now = self._now()
        return {name: now[name] - self._start[name] for name in self._roots}

    def _now(self) -> dict[str, float]:
        return {name: _tree(pid) for name, pid in self._roots.items()}


def _tree(pid: int) -> float:
    """User and system time of a process, of its descendants, and of those that have ended and were waited for."""
    root = psutil.Process(pid)
    return sum(_seconds(process) for process in (root, *root.children(recursive=True)))


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0  # its parent has its time now
    return float(times.user + times.system + times.children_user + times.children_system)
