"""Counters of fixed windows: counted here, shared through Redis a few times a second.

A request never waits for Redis. Each process counts at once and adds its counts to the shared ones in the background;
what the others counted is known a moment later. When Redis is gone each process goes on with its own counts, so that
limits hold per process instead of in all, and intake stays open.
"""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

import redis
import structlog
from limits.storage import Storage

from moderation_service.redis_url import connect

log = structlog.get_logger()

SHARE_SECONDS = 0.2
REDIS_TIMEOUT = 1.0
FORGET_SECONDS = 10.0
SHARED_AT_ONCE = 1000
# One call for a thousand counters: by itself each costs the client twenty times as much.
ADD = """
local totals = {}
for i, name in ipairs(KEYS) do
    totals[i] = redis.call('INCRBY', name, ARGV[i])
    redis.call('EXPIRE', name, ARGV[#KEYS + i])
end
return totals
"""


@dataclass(slots=True)
class _Count:
    """A counter of one window: what all processes had when it was last shared, and what came here since."""

    ends: float
    shared: int = 0
    own: int = 0


class SharedCounters(Storage):
    """Counters of fixed windows that start on whole multiples of their length, on the clock."""

    STORAGE_SCHEME = None

    def __init__(self, redis_url: str | None) -> None:
        super().__init__()
        self._redis = connect(redis_url, timeout=REDIS_TIMEOUT) if redis_url else None
        self._add = self._redis.register_script(ADD) if self._redis is not None else None
        self._forget_at = 0.0
        self._counts: dict[str, _Count] = {}
        self._unshared: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Errors of the storage itself: none reaches a caller."""
        return (redis.RedisError,)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more in the window of `expiry` seconds that now is in; the count with it."""
        now = time.time()
        with self._lock:
            count = self._counts.get(key)
            if count is None or count.ends <= now:
                count = self._counts[key] = _Count(ends=(math.floor(now / expiry) + 1) * expiry)
            count.own += amount
            self._unshared.add(key)
            if self._thread is None and self._redis is not None:
                self._thread = threading.Thread(target=self._share_for_ever, name="rate-limits", daemon=True)
                self._thread.start()
            return count.shared + count.own

    def get(self, key: str) -> int:
        """The count of the window that now is in."""
        count = self._counts.get(key)
        return count.shared + count.own if count and count.ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""
        count = self._counts.get(key)
        return count.ends if count else time.time()

    def check(self) -> bool:
        """Whether counts are shared at present."""
        with suppress(redis.RedisError):
            return self._redis is not None and bool(self._redis.ping())
        return False

    def reset(self) -> int | None:
        """Forget all counts of this process."""
        with self._lock:
            forgotten = len(self._counts)
            self._counts.clear()
            self._unshared.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget one count of this process."""
        with self._lock:
            self._counts.pop(key, None)
            self._unshared.discard(key)

    def _share_for_ever(self) -> None:
        while True:
            time.sleep(SHARE_SECONDS)
            try:
                self.share()
            except redis.RedisError as error:
                log.warning("rate_limits.not_shared", error=type(error).__name__)
                time.sleep(REDIS_TIMEOUT)

    def share(self) -> None:
        """Add this process's counts to the shared ones and learn theirs."""
        now = time.time()
        with self._lock:
            self._forget_ended(now)
            changed = [(key, self._counts[key]) for key in self._unshared if key in self._counts]
            sent = [count.own for _, count in changed]
            self._unshared.clear()
        for first in range(0, len(changed), SHARED_AT_ONCE):
            some = slice(first, first + SHARED_AT_ONCE)
            self._exchange(changed[some], sent[some], now)

    def _forget_ended(self, now: float) -> None:
        """Drop windows that ended; looking through all of them is for now and then."""
        if now >= self._forget_at:
            self._forget_at = now + FORGET_SECONDS
            self._counts = {key: count for key, count in self._counts.items() if count.ends > now}

    def _exchange(self, changed: list[tuple[str, _Count]], sent: list[int], now: float) -> None:
        if self._add is None:
            return
        names = [f"mod:limit:{key}:{int(count.ends)}" for key, count in changed]
        lives = [int(count.ends - now) + 60 for _, count in changed]
        totals = self._add(keys=names, args=[*sent, *lives])
        with self._lock:
            for (_, count), amount, total in zip(changed, sent, totals, strict=True):
                count.shared, count.own = int(total), count.own - amount
