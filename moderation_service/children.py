"""One child process, in a process group of its own, that does not outlive its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

TAIL = 20
_PR_SET_PDEATHSIG = 1


class Account(NamedTuple):
    """The user and group a child runs as, when they are not our own."""

    uid: int
    gid: int


class NotReadyError(RuntimeError):
    """A child ended, or took too long, before it was ready; the message ends with its last lines."""


def _always() -> bool:
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """What to start, how to tell that it is ready, and how to ask it to stop.

    `env` is added to our own environment. Output goes to the file `log`, or else to a pipe that must be read.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    account: Account | None = None
    log: Path | None = None
    ready: Callable[[], bool] = _always
    ready_seconds: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM


def process_options(account: Account | None, death_signal: signal.Signals) -> dict[str, Any]:
    """Arguments of `subprocess.Popen` for a child of its own session that does not outlive us.

    On Linux the kernel sends `death_signal` when the parent dies, and the parent is the thread that starts
    the child: start it from the main thread. Elsewhere a child may be left over.
    """
    # Ctrl-C in the terminal must reach the parent alone: it knows the order to stop in.
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "linux":
        parent, libc = os.getpid(), ctypes.CDLL(None)

        # Runs between fork and exec: two system calls, no lock that another thread could hold.
        def tie() -> None:
            libc.prctl(_PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:
                os._exit(1)

        options["preexec_fn"] = tie
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


class Child:
    """A program that was started; `start` may be called again once it has ended."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._tail: deque[str] = deque(maxlen=TAIL)
        self._rest = b""

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process as it was last started."""
        if self._process is None:
            raise RuntimeError(f"{self.program.name} was not started")
        return self._process

    @property
    def pid(self) -> int:
        """The process id, which is its group's too."""
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        """None while it lives, then its exit code, or minus the signal that ended it."""
        return self.process.poll()

    @property
    def output(self) -> IO[bytes] | None:
        """The pipe to read its lines from, while it is open."""
        pipe = self.process.stdout
        return None if pipe is None or pipe.closed else pipe

    def start(self) -> None:
        """Start it, with no input and its output to the log or the pipe."""
        program = self.program
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(open(program.log, "ab", opener=_private)) if program.log else None
            self._process = subprocess.Popen(
                program.command,
                env={**os.environ, **program.env},
                cwd=program.folder,
                stdin=subprocess.DEVNULL,
                stdout=log or subprocess.PIPE,
                stderr=subprocess.STDOUT,
                **process_options(program.account, program.stop_signal),
            )
        self.started_at = time.monotonic()
        if self.output is not None:
            os.set_blocking(self.output.fileno(), False)

    def read_lines(self) -> list[str]:
        """The whole lines that have come through the pipe; closes it at its end."""
        pipe = self.output
        if pipe is None:
            return []
        while chunk := pipe.read():
            self._rest += chunk
        *whole, self._rest = self._rest.split(b"\n")
        # None: nothing now, more may come. Empty: the other end is closed.
        if chunk is not None:
            pipe.close()
            whole, self._rest = [*whole, self._rest] if self._rest else whole, b""
        lines = [line.decode(errors="replace").rstrip() for line in whole]
        self._tail.extend(lines)
        return lines

    def last_lines(self) -> str:
        """The end of its output, for a message about why it failed."""
        if self.program.log is None:
            return "\n".join(self._tail)
        lines = self.program.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-TAIL:])

    def is_ready(self) -> bool:
        """Ask whether it is ready.

        Raises:
            NotReadyError: it has ended, or its time to become ready is over.
        """
        name, code = self.program.name, self.returncode
        if code is not None:
            self.read_lines()
            raise NotReadyError(f"{name} ended with code {code} before it was ready.\n{self.last_lines()}".rstrip())
        if self.program.ready():
            return True
        if time.monotonic() - self.started_at > self.program.ready_seconds:
            waited = f"{self.program.ready_seconds:g} s"
            raise NotReadyError(f"{name} was not ready within {waited}.\n{self.last_lines()}".rstrip())
        return False

    def ask_to_stop(self) -> None:
        """Send its stop signal, if it still lives; one that is paused is woken to hear it."""
        if self.returncode is None:
            self.process.send_signal(self.program.stop_signal)
            self.process.send_signal(signal.SIGCONT)

    def stop(self, grace: float) -> None:
        """Ask it to stop, and kill it after `grace` seconds."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(grace)
        self.kill()

    def kill(self) -> None:
        """Kill what is left of its group, itself or processes it left behind, and free the pipe."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def _private(path: str, flags: int) -> int:
    """Open a log so that only its owner reads it."""
    return os.open(path, flags, 0o600)
