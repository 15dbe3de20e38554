"""Keep several programs alive: start, watch, restart, and stop them in reverse order."""

from __future__ import annotations

import select
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

import click

from moderation_service.children import Child, Program

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
HEALTHY_AFTER = 30.0
_TICK = 0.1
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAskedError(Exception):
    """Somebody asked the supervisor to stop while it was still starting programs."""


class _Kept:
    """A child and what its restarts need to know; times in seconds of the monotonic clock."""

    def __init__(self, program: Program, colour: str) -> None:
        self.child = Child(program)
        self.label = click.style(f"{program.name:<10}", fg=colour)
        self.ready = False
        self.pause = 0.0
        self.restart_at: float | None = None

    def plan_restart(self, now: float) -> None:
        healthy = now - self.child.started_at > HEALTHY_AFTER
        self.pause = FIRST_PAUSE if healthy or not self.pause else min(self.pause * 2, LONGEST_PAUSE)
        self.restart_at = now + self.pause

    def restart(self) -> None:
        self.restart_at = None
        self.child.start()


class Supervisor:
    """A context in which SIGINT, SIGTERM and SIGHUP mean: stop everything, the last started first.

    `grace` is how many seconds each program has to stop before it is killed; a second signal kills at once.
    Everything happens in the thread that enters, which must be the main one.
    """

    def __init__(self, *, grace: float = 30.0, write: Callable[[str], Any] = click.echo) -> None:
        self._grace = grace
        self._write = write
        self._kept: list[_Kept] = []
        self._stopping = False
        self._asked_at: float | None = None
        self._hurry = False
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Supervisor:
        for number in _SIGNALS:
            # Whoever started us under nohup wants the run to outlive the terminal.
            if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN):
                self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Stop everything; being asked to stop is no error."""
        self._stop()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        return isinstance(error, StopAskedError)

    def start(self, *programs: Program) -> None:
        """Start programs together and return when each is ready.

        Raises:
            NotReadyError: one ended or took too long.
            StopAskedError: a signal came first; leave the context.
        """
        if self._asked_at is None:
            for program in programs:
                kept = _Kept(program, _COLOURS[len(self._kept) % len(_COLOURS)])
                kept.child.start()
                self._kept.append(kept)
        while self._asked_at is None:
            self.tick()
            for kept in self._kept:
                kept.ready = kept.ready or kept.child.is_ready()
            if all(kept.ready for kept in self._kept):
                return
        raise StopAskedError

    def keep(self) -> None:
        """Relay output and restart what crashes, until a signal comes."""
        while self._asked_at is None:
            self.tick()

    def tick(self) -> None:
        """One round, a tenth of a second at most: relay output, restart what crashed and has paused."""
        self._relay()
        now = time.monotonic()
        for kept in self._kept:
            if kept.ready:
                self._revive(kept, now)

    def _revive(self, kept: _Kept, now: float) -> None:
        if kept.restart_at is not None:
            if now >= kept.restart_at:
                kept.restart()
        elif (code := kept.child.returncode) is not None:
            self._print(kept)
            kept.child.kill()
            kept.plan_restart(now)
            self._write(f"{kept.label} ended with code {code}; starting it again in {kept.pause:g} s")

    def _stop(self) -> None:
        self._stopping = True
        if self._asked_at is not None:
            self._write("Stopping; a second Ctrl-C does not wait.")
        while self._kept:
            kept = self._kept[-1]
            if kept.restart_at is None:
                self._end(kept)
            self._kept.pop()

    def _end(self, kept: _Kept) -> None:
        kept.child.ask_to_stop()
        deadline = time.monotonic() + self._grace
        while kept.child.returncode is None and time.monotonic() < deadline and not self._hurry:
            self._relay()
        if kept.child.returncode is None:
            self._write(f"{kept.label} does not stop: killed")
        self._print(kept)
        kept.child.kill()

    def _relay(self) -> None:
        """Print what children said, waiting up to a tick for them to say something."""
        pipes = [pipe for kept in self._kept if (pipe := kept.child.output) is not None]
        select.select(pipes, [], [], _TICK)
        for kept in self._kept:
            self._print(kept)

    def _print(self, kept: _Kept) -> None:
        for line in kept.child.read_lines():
            self._write(f"{kept.label} {line}")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
        # Some parents pass on a signal that the terminal has sent already: twice within a second is once.
        elif now - self._asked_at > 1.0:
            self._hurry = True
            if not self._stopping:
                raise KeyboardInterrupt
