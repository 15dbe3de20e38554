"""Doors: one for the tests of a file, each on articles of its own; or one with settings of the test's own."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from moderation_service.config import Settings
from tests.api.door import Door
from tests.servers import TestServers

GENEROUS = {
    "rate_limit_site": "1000000/minute",
    "rate_limit_network": "1000000/minute",
    "rate_limit_reporter": "1000000/minute",
    "rate_limit_login": "1000000/minute",
    "rate_limit_webhook": "1000000/minute",
    "triage_stale_seconds": 100_000,
}
# Apart from those that the fixture `settings` empties for other tests of the same worker.
REDIS_DATABASE = 150
_numbers = itertools.count()

MakeDoor = Callable[..., Door]


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door with limits nobody reaches."""
    with open_for_file(servers, worker_id) as door:
        yield door


@contextlib.contextmanager
def open_for_file(servers: TestServers, worker_id: str, **changes: Any) -> Iterator[Door]:
    """The same, with some settings changed: for the fixture of a file."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    with (
        servers.database("door", redis_database=REDIS_DATABASE + number) as settings,
        contextlib.closing(Door(settings.replace(**GENEROUS, **changes))) as door,
    ):
        yield door


@pytest.fixture
def make_door(settings: Settings) -> Iterator[MakeDoor]:
    """Opens a door with some settings changed."""
    with contextlib.ExitStack() as stack:

        def make(**changes: Any) -> Door:
            return stack.enter_context(contextlib.closing(Door(settings.replace(**changes))))

        yield make


@pytest.fixture
def article(door: Door, request: pytest.FixtureRequest) -> str:
    """An article of the test's own, published; its id."""
    name = f"article-{next(_numbers)}"
    door.put_article(name)
    return name
