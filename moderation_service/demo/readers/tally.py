"""What was sent so far and what came of it, counted by many threads."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

LATELY = 60.0  # seconds

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Counts:
    """All that was counted: altogether, and within the last minute; `last` are the last words said."""

    total: Mapping[str, int]
    lately: Mapping[str, int]
    last: tuple[tuple[float, str], ...]


class Tally:
    """Counts what happens by name, and keeps the last words about it; `now` is in seconds since the play began."""

    def __init__(self, now: Clock, say: Callable[[float, str], None] | None = None, *, keep: int = 50) -> None:
        self._now = now
        self._say = say
        self._total = Counter[str]()
        self._times: deque[tuple[float, str]] = deque()
        self._last: deque[tuple[float, str]] = deque(maxlen=keep)
        self._receipts: dict[int, str] = {}
        self._settled: set[int] = set()
        self._lock = threading.Lock()

    def count(self, *names: str, words: str | None = None) -> None:
        """Something happened; `words` are for whoever watches."""
        at = self._now()
        with self._lock:
            self._total.update(names)
            self._times.extend((at, name) for name in names)
            self._told(at, words)

    def keep_receipt(self, number: int, receipt: str) -> bool:
        """A flag of the plan was answered with this receipt; whether it is the first answer about it."""
        with self._lock:
            known = self._receipts.setdefault(number, receipt)
            if known != receipt:
                self._total["counted twice"] += 1
            first = number not in self._settled
            self._settled.add(number)
            return first

    def drop(self, number: int) -> None:
        """A flag of the plan will never be recorded."""
        with self._lock:
            self._settled.add(number)

    def is_settled(self, number: int) -> bool:
        """Whether it is known what became of a flag of the plan."""
        with self._lock:
            return number in self._settled

    def receipt_of(self, number: int) -> str | None:
        """The receipt of a flag of the plan, once it has one."""
        with self._lock:
            return self._receipts.get(number)

    def counts(self) -> Counts:
        """What was counted up to now."""
        with self._lock:
            while self._times and self._times[0][0] < self._now() - LATELY:
                self._times.popleft()
            return Counts(dict(self._total), Counter(name for _, name in self._times), tuple(self._last))

    def _told(self, at: float, words: str | None) -> None:
        if words is not None:
            self._last.append((at, words))
            if self._say:
                self._say(at, words)
