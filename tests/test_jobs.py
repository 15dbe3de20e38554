"""The bell: rung after the commit, a few times a second at most, and never making anyone wait."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.jobs import Bell, connect_bell, queue_of, wake
from moderation_service.redis_url import connect


class Published:
    """Jobs that a bell published, and a wait for them."""

    def __init__(self) -> None:
        self.jobs: list[str] = []

    def __call__(self, job: str) -> None:
        self.jobs.append(job)

    def wait_for(self, enough: Callable[[list[str]], bool]) -> list[str]:
        """The jobs, once they are enough."""
        deadline = time.monotonic() + 5
        while not enough(self.jobs):
            assert time.monotonic() < deadline, self.jobs
            time.sleep(0.002)
        return self.jobs


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def bell(published: Published) -> Iterator[Bell]:
    with contextlib.closing(Bell(published, pause=0.05)) as bell:
        yield bell


def test_a_job_is_published_once_it_is_rung(bell: Bell, published: Published) -> None:
    bell.ring("triage.drain")
    assert published.wait_for(lambda jobs: len(jobs) == 1) == ["triage.drain"]


def test_a_storm_of_rings_is_a_few_messages(bell: Bell, published: Published) -> None:
    deadline = time.monotonic() + 0.3
    rings = 0
    while time.monotonic() < deadline:
        bell.ring("triage.drain")
        rings += 1
    bell.close()
    assert rings > 100
    assert 1 <= len(published.jobs) <= 9


def test_a_ring_after_a_publish_is_published_too(bell: Bell, published: Published) -> None:
    bell.ring("triage.drain")
    published.wait_for(lambda jobs: len(jobs) == 1)
    bell.ring("triage.drain")
    published.wait_for(lambda jobs: len(jobs) == 2)


def test_different_jobs_are_all_published(bell: Bell, published: Published) -> None:
    for job in ("triage.drain", "enforcement.drain"):
        bell.ring(job)
    published.wait_for(lambda jobs: set(jobs) == {"triage.drain", "enforcement.drain"})


def _hanging(until: threading.Event) -> Callable[[str], None]:
    def publish(job: str) -> None:
        until.wait(10)

    return publish


def test_ringing_does_not_wait_for_a_broker_that_hangs() -> None:
    hangs = threading.Event()
    bell = Bell(_hanging(hangs))
    before = time.monotonic()
    for _ in range(1000):
        bell.ring("triage.drain")
    assert time.monotonic() - before < 0.5
    hangs.set()
    bell.close()


def test_closing_does_not_wait_long_for_a_broker_that_hangs() -> None:
    hangs = threading.Event()
    bell = Bell(_hanging(hangs))
    bell.ring("triage.drain")
    before = time.monotonic()
    bell.close(timeout=0.1)
    assert time.monotonic() - before < 1
    hangs.set()


def test_a_publish_that_fails_does_not_end_the_bell() -> None:
    published, failures = Published(), [ConnectionError("away")]

    def publish(job: str) -> None:
        if failures:
            raise failures.pop()
        published(job)

    with contextlib.closing(Bell(publish, pause=0.01)) as bell:
        bell.ring("triage.drain")
        while failures:
            time.sleep(0.001)
        bell.ring("enforcement.drain")
        published.wait_for(lambda jobs: jobs == ["enforcement.drain"])


def test_closing_publishes_what_is_waiting(published: Published) -> None:
    bell = Bell(published, pause=5)
    bell.ring("triage.drain")
    published.wait_for(lambda jobs: len(jobs) == 1)
    bell.ring("enforcement.drain")
    bell.close()
    assert published.jobs == ["triage.drain", "enforcement.drain"]


def test_a_bell_that_was_never_rung_closes() -> None:
    Bell(print).close()


# After the commit, and only then.


@pytest.fixture
def rung() -> Published:
    return Published()


@pytest.fixture
def ringing(settings: Settings, rung: Published) -> Iterator[Database]:
    """A database whose sessions have a bell that remembers."""

    class Remembering:
        ring = staticmethod(rung)

    with contextlib.closing(Database(settings, bell=Remembering())) as database:
        yield database


def test_a_worker_is_woken_after_the_commit(ringing: Database, rung: Published) -> None:
    with ringing.transaction() as session:
        wake(session, "triage.drain")
        assert rung.jobs == []
    assert rung.jobs == ["triage.drain"]


def test_nobody_is_woken_when_the_transaction_fails(ringing: Database, rung: Published) -> None:
    with contextlib.suppress(ZeroDivisionError), ringing.transaction() as session:
        wake(session, "triage.drain")
        raise ZeroDivisionError
    assert rung.jobs == []


def test_the_next_transaction_wakes_nobody_again(ringing: Database, rung: Published) -> None:
    with ringing.transaction() as session:
        wake(session, "triage.drain")
    with ringing.transaction():
        pass
    assert rung.jobs == ["triage.drain"]


def test_a_session_without_a_bell_leaves_it_to_the_sweep(database: Database) -> None:
    with database.transaction() as session:
        wake(session, "triage.drain")


# The broker.


def test_a_job_waits_in_the_queue_of_its_room() -> None:
    assert queue_of("enforcement.drain") == "enforcement"


def test_a_ring_is_a_message_in_the_queue_of_its_job(settings: Settings) -> None:
    with contextlib.closing(connect_bell(settings)) as bell:
        bell.ring("enforcement.drain")
    (message,) = connect(settings.redis_url, timeout=5).lrange("mod:enforcement", 0, -1)
    assert json.loads(message)["headers"]["task"] == "enforcement.drain"


def test_a_broker_that_is_away_is_no_error_of_the_caller(settings: Settings) -> None:
    with contextlib.closing(connect_bell(settings.replace(redis_url="redis://127.0.0.1:1/0"))) as bell:
        bell.ring("triage.drain")
