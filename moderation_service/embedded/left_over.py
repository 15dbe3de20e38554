"""A server that outlived the run that started it is stopped before a new one opens its files."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from moderation_service.embedded.errors import EmbeddedError


def stop_left_over(pid_file: Path, *, marker: str, stop_signal: signal.Signals, seconds: float = 60.0) -> None:
    """Stop the process that a file names and wait for its end, if `marker` is in its command line.

    The process id alone proves nothing: after a restart of the machine it may be anyone's.

    Raises:
        EmbeddedError: it does not end in time.
    """
    pid = _pid_in(pid_file)
    if pid is None or marker not in command_line(pid):
        return
    for number in (stop_signal, signal.SIGCONT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    deadline = time.monotonic() + seconds
    while marker in command_line(pid):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"Process {pid}, left from an earlier run, does not stop: end it and try again")
        time.sleep(0.02)


def command_line(pid: int) -> str:
    """How a process was started; empty when it has ended."""
    if Path("/proc/self/cmdline").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return "" if shown.startswith("Z") else shown


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text(encoding="utf-8").split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
