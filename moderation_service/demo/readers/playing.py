"""Plays a plan: sends each event when its time has come, and again where it may not have arrived."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from moderation_service.demo.readers.doors import AgainError, Doors
from moderation_service.demo.readers.events import Event, Flag, LegalNotice, View
from moderation_service.demo.readers.tally import Clock, Tally

HANDS = 8  # requests on their way at once
SECOND_CLICK = 0.15  # seconds after the first
AFTERWARDS = 30.0  # seconds in which what did not arrive may still do so, when all the rest is done


@dataclass(order=True)
class _Due:
    at: float
    serial: int
    event: Event = field(compare=False)
    attempt: int = field(default=0, compare=False)


class Player:
    """Sends a plan `pace` times as fast as it was written; `now` is in seconds since the play began.

    `seen` says whether an article may still be flagged for what its reader saw: nobody flags what is gone.
    """

    def __init__(
        self,
        plan: Iterable[Event],
        doors: Doors,
        tally: Tally,
        *,
        pace: float,
        now: Clock,
        seen: Callable[[Flag], bool],
    ) -> None:
        self._doors = doors
        self._tally = tally
        self._now = now
        self._seen = seen
        self._serial = 0
        self._heap: list[_Due] = []
        self._changed = threading.Condition()
        self._busy = 0
        self._stopped = False
        self._failure: BaseException | None = None
        for event in plan:
            self._add(event, event.at / pace)
            if isinstance(event, Flag) and event.clicks > 1:
                self._add(event, event.at / pace + SECOND_CLICK)
        self._end = max((due.at for due in self._heap), default=0.0) + AFTERWARDS

    @property
    def outstanding(self) -> int:
        """How many flags and notices could not be sent so far, and are tried again."""
        with self._changed:
            return sum(due.attempt > 0 for due in self._heap)

    def play(self) -> None:
        """Send everything; returns when all is sent or given up on, or after `stop`."""
        with ThreadPoolExecutor(HANDS) as hands:
            while (due := self._next()) is not None:
                hands.submit(self._send, due).add_done_callback(self._sent)
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Send nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _next(self) -> _Due | None:
        """Wait for what is due next, and for a free hand; None when there will be nothing more."""
        with self._changed:
            while not self._stopped and (self._heap or self._busy) and self._now() < self._end:
                wait = self._heap[0].at - self._now() if self._heap else 1.0
                if self._busy < HANDS and self._heap and wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._heap)
                self._changed.wait(wait if wait > 0 else 1.0)
            self._stopped = True
            return None

    def _send(self, due: _Due) -> None:
        try:
            self._pass_on(due)
        except AgainError as again:
            self._tally.count("tried again", words=f"{again}; again in {again.seconds:.0f} s")
            self._add(due.event, self._now() + again.seconds, attempt=due.attempt + 1)

    def _pass_on(self, due: _Due) -> None:
        match due.event:
            case View() as view:
                self._doors.view(view)
            case Flag() as flag if due.attempt == 0 and not self._seen(flag):
                self._tally.drop(flag.number)
                self._tally.count("found it gone")
            case Flag() as flag:
                self._doors.flag(flag, due.attempt)
            case LegalNotice() as notice:
                self._doors.give_notice(notice, due.attempt)
            case withdrawal:
                self._doors.withdraw(withdrawal, due.attempt)

    def _sent(self, done: Future[None]) -> None:
        with self._changed:
            self._busy -= 1
            self._failure = self._failure or done.exception()
            self._stopped = self._stopped or self._failure is not None
            self._changed.notify_all()

    def _add(self, event: Event, at: float, *, attempt: int = 0) -> None:
        with self._changed:
            self._serial += 1
            heapq.heappush(self._heap, _Due(at, self._serial, event, attempt))
            self._changed.notify_all()
