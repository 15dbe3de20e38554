"""Wake a worker after the commit: a bell, rung at most a few times a second, that never makes anyone wait.

The work itself is a row in the database. A wake-up that is lost costs only the time until the next sweep.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery
from sqlalchemy.orm import Session

from moderation_service.config import Settings
from moderation_service.db import after_commit

log = structlog.get_logger()

# The first ring goes out at once, those after it gather this long: a small batch costs triage as much as a large one.
COALESCE_SECONDS = 0.25
QUEUES = ("triage", "enforcement", "notifications", "backtests", "audit", "upkeep")


def queue_of(job: str) -> str:
    """The queue a job waits in: its name up to the dot."""
    return job.partition(".")[0]


def broker_settings(settings: Settings) -> dict[str, Any]:
    """How producers and consumers reach the broker; both must agree on each of these."""
    return {
        "broker_url": settings.redis_url,
        "broker_transport_options": {
            "global_keyprefix": "mod:",
            # Longer than any task may take: a message unconfirmed for this long is delivered again.
            "visibility_timeout": 300,
            # Redelivery after a killed worker within seconds of that time, not minutes.
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            # Without these two a connection that died in silence leaves a worker deaf for ever.
            "socket_timeout": 5,
            "health_check_interval": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
        },
        # A publish is best effort: one quick retry, then the sweep.
        "task_publish_retry_policy": {
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.2,
        },
        "task_ignore_result": True,
        "result_backend": None,
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
        "task_routes": lambda name, *_args, **_options: {"queue": queue_of(name)},
        "task_create_missing_queues": True,
    }


class Bell:
    """Rings workers from a thread of its own; a name rung many times in a moment is published once."""

    def __init__(self, publish: Callable[[str], None], *, pause: float = COALESCE_SECONDS) -> None:
        self._publish = publish
        self._pause = pause
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def ring(self, job: str) -> None:
        """Ask for `job` to be published soon; returns at once whatever the broker does."""
        with self._lock:
            self._waiting.add(job)
            if self._thread is None:  # started late, so that a forked process has its own
                self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                self._thread.start()
        self._rung.set()

    def close(self, timeout: float = 2.0) -> None:
        """Publish what is waiting and stop, within `timeout` seconds."""
        self._closed.set()
        self._rung.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._closed.is_set():
            self._rung.wait()
            self._rung.clear()
            self._publish_waiting()
            self._closed.wait(self._pause)
        self._publish_waiting()  # what was rung during the last pause

    def _publish_waiting(self) -> None:
        with self._lock:
            jobs, self._waiting = self._waiting, set()
        for job in jobs:
            self._try(job)

    def _try(self, job: str) -> None:
        try:
            self._publish(job)
        except Exception as error:
            # Whatever went wrong, the row is safe and the sweep will find it.
            log.warning("bell.not_published", job=job, error=type(error).__name__)


def connect_bell(settings: Settings) -> Bell:
    """A bell that publishes to the broker in `settings.redis_url`."""
    settings.require("redis_url")
    producer = Celery("bell", set_as_current=False)
    producer.conf.update(broker_settings(settings))

    def publish(job: str) -> None:
        producer.send_task(job, queue=queue_of(job), ignore_result=True)

    return Bell(publish)


def wake(session: Session, job: str) -> None:
    """Ring `job` once this transaction has committed; a session with no bell leaves it to the sweep."""
    bell: Bell | None = session.info.get("bell")
    if bell is not None:
        after_commit(session, lambda: bell.ring(job))
