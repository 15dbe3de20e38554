"""Answers remembered for a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

REMEMBERED_MOST = 10_000


class Remembered(Generic[Answer]):
    """A look-up whose answers are remembered for a moment: what is revoked works on for that long at most."""

    def __init__(self, look_up: Callable[[str], Answer], lifetime: timedelta) -> None:
        self._look_up = look_up
        self._lifetime = lifetime.total_seconds()
        self._known: dict[str, tuple[float, Answer]] = {}
        self._lock = threading.Lock()

    def remembered(self, key: str) -> Answer | None:
        """The answer for `key` if it is remembered; nothing is looked up."""
        known = self._known.get(key)
        return known[1] if known is not None and known[0] > time.monotonic() else None

    def __call__(self, key: str) -> Answer:
        """The answer for `key`, looked up unless it is remembered."""
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        answer = self._look_up(key)
        with self._lock:
            if len(self._known) >= REMEMBERED_MOST:
                self._known.clear()
            self._known[key] = (now + self._lifetime, answer)
        return answer
