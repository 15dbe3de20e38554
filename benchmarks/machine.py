"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg

SHOWN = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")


def describe(connection: psycopg.Connection) -> dict[str, str]:
    """The machine and the software, by name."""
    postgres = {name: str(connection.execute(f"SHOW {name}".encode()).fetchall()[0][0]) for name in SHOWN}
    one, five, fifteen = os.getloadavg()
    return {
        "CPU": f"{_cpu_model()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "data folder on": _file_system(Path(tempfile.gettempdir())),
        "Python": platform.python_version(),
        "PostgreSQL": ", ".join(f"{name} {value}" for name, value in postgres.items()),
        "web server": f"granian {version('granian')}",
        "load before the run": f"{one:.2f} {five:.2f} {fifteen:.2f}",
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _file_system(folder: Path) -> str:
    mounts = [p for p in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(p.mountpoint)]
    nearest = max(mounts, key=lambda p: len(p.mountpoint), default=None)
    return "an unknown file system" if nearest is None else f"{nearest.fstype} ({nearest.device})"
