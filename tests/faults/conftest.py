"""Services whose parts are killed, paused or emptied in the middle of their work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from moderation_service import embedded, migrations
from moderation_service.config import Settings
from tests.live import Service, service
from tests.servers import TestServers, scratch_folder

# Apart from those that the fixture `settings` empties for other tests of the same worker.
REDIS_DATABASE = 50

# Waits are cut short, limits are out of the way.
IMPATIENT = {
    "enforcement_lease_seconds": 1,
    "enforcement_base_seconds": 0.2,
    "sweep_seconds": 1,
    "api_threads": 16,
    "rate_limit_site": "1000000/minute",
    "rate_limit_network": "1000000/minute",
    "rate_limit_reporter": "1000000/minute",
    "rate_limit_login": "1000/minute",
}


@pytest.fixture
def impatient(settings: Settings) -> Settings:
    """Settings of a service that notices and mends within a second or two."""
    return settings.replace(**IMPATIENT)


@pytest.fixture(scope="module")
def impatient_for_file(servers: TestServers, worker_id: str) -> Iterator[Settings]:
    """The same, for the tests of a file that share a service."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    with servers.database("faults", redis_database=REDIS_DATABASE + number) as settings:
        yield settings.replace(**IMPATIENT)


@pytest.fixture
def live(impatient: Settings, tmp_path: Path) -> Iterator[Service]:
    """A service, none of whose processes runs yet, with eight moderators."""
    with service(impatient, tmp_path, moderators=8) as live:
        yield live


@contextmanager
def own(tmp_path: Path, settings: Settings) -> Iterator[tuple[Service, embedded.Running]]:
    """A service, and a server to itself of each kind that the settings name none of, which API and beat outlive."""
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        given = settings.replace(**IMPATIENT, data_dir=str(folder))
        running = stack.enter_context(embedded.running(given))
        if running.servers.postgres is not None:
            migrations.upgrade(running.servers.settings)
        live = stack.enter_context(service(running.servers.settings, tmp_path, moderators=8))
        live.supervise(running.children)
        yield live, running
        ended = {name: child.returncode for name, child in live.children.items() if name in {"api", "beat"}}
        assert set(ended.values()) <= {None}, ended


@pytest.fixture
def own_valkey(settings: Settings, tmp_path: Path) -> Iterator[tuple[Service, embedded.Running]]:
    """A service that has a Valkey to itself, and that Valkey, ours to break."""
    with own(tmp_path, settings.replace(redis_url="")) as live_and_servers:
        yield live_and_servers


@pytest.fixture
def own_postgres(settings: Settings, tmp_path: Path) -> Iterator[tuple[Service, embedded.Running]]:
    """A service that has a PostgreSQL to itself, and that PostgreSQL, ours to break."""
    urls = {"database_url": "", "migration_database_url": ""}
    with own(tmp_path, settings.replace(**urls)) as live_and_servers:
        yield live_and_servers
