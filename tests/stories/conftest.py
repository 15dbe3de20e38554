"""One service for the stories of a file: each tells of an article of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation_service.db import Database
from moderation_service.triage.rules.install import install_starter
from tests.live import Service, service
from tests.servers import TestServers

# Apart from those that the fixture `settings` empties for other tests of the same worker.
REDIS_DATABASE = 100


@pytest.fixture(scope="package")
def live(servers: TestServers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running API and a running worker; no beat, so that what happens is due to wake-ups alone."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    folder: Path = tmp_path_factory.mktemp("stories")
    with (
        servers.database("stories", redis_database=REDIS_DATABASE + number) as settings,
        service(settings.replace(webhook_allow_private=True), folder) as live,
    ):
        with contextlib.closing(Database(settings, pool_size=1)) as database, database.transaction() as session:
            install_starter(session, author="test")
        live.start_worker()
        live.start_api()
        yield live
