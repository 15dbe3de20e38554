"""The worker of notices."""

from __future__ import annotations

from workers import notifications
from workers.app import settings


def test_half_of_the_threads_stay_free_of_slow_receivers() -> None:
    turns = [notifications.turns.acquire(blocking=False) for _ in range(settings.worker_threads)]
    try:
        assert turns.count(True) == settings.worker_threads // 2
        assert notifications.drain() == 0  # and asked no database, of which there is none here
    finally:
        for _ in range(turns.count(True)):
            notifications.turns.release()
