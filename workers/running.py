"""What tasks share that run for long: each says now and then how far it is, and ends when it should."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from celery import signals
from sqlalchemy.orm import Session

from workers.app import database

SECONDS_BETWEEN_WORDS = 1.0
stopping = threading.Event()


class Lost(Exception):
    """Nobody waits for it any more, or another worker took it over."""


class Stopped(Exception):
    """This worker is being stopped."""


@signals.worker_shutting_down.connect
def stop(**_: Any) -> None:
    """Leave what is being run to another worker, and begin nothing."""
    stopping.set()


def each(run_one: Callable[[], bool]) -> int:
    """Call `run_one` until it finds nothing to run, or this worker is being stopped; how many it ran."""
    done = 0
    while not stopping.is_set() and run_one():
        done += 1
    return done


class Keeper:
    """Called with the share that is done: hands it on to `keep`, whose answer says whether to go on."""

    def __init__(self, keep: Callable[[Session, float], bool]) -> None:
        self._keep = keep
        self._next_word = 0.0

    def __call__(self, done: float) -> None:
        if stopping.is_set():
            raise Stopped
        if time.monotonic() < self._next_word:
            return
        self._next_word = time.monotonic() + SECONDS_BETWEEN_WORDS
        with database().transaction() as session:
            if not self._keep(session, done):
                raise Lost
