"""`migrate`, `serve`, `worker` and `beat` as an operator starts them: processes of their own."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from moderation_service import migrations
from moderation_service.children import Child, Program
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.jobs import connect_bell
from moderation_service.redis_url import connect
from tests.cli.conftest import Cli, call
from tests.factories import make_article, make_flag, make_site, untriaged_count
from tests.live import until

SCRIPT = Path(sys.executable).with_name("moderation-service")
Start = Callable[..., Child]

RING_AS_A_WORKER = """
from contextlib import closing
from moderation_service.jobs import connect_bell
from workers.app import settings
with closing(connect_bell(settings)) as bell:
    bell.ring("triage.drain")
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command with these settings; it is killed at the end if it still lives."""
    started: list[Child] = []

    def begin(settings: Settings, command: str) -> Child:
        log = tmp_path / f"{command}.log"
        child = Child(Program(name=command, command=[str(SCRIPT), command], env=settings.as_env(), log=log))
        started.append(child)
        child.start()
        return child

    yield begin
    for child in started:
        child.kill()


def health(port: int) -> int | None:
    """The status of the health check; None while nobody listens."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except OSError:
            return None


def test_serve_answers_and_stops(settings: Settings, start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    api = start(settings.replace(port=port), "serve")
    assert until(lambda: health(port), seconds=30) == 200
    api.stop(20.0)
    assert api.returncode == 0


def test_worker_triages(settings: Settings, start: Start, database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        make_flag(session, site)
    start(settings, "worker")
    bell = connect_bell(settings)
    bell.ring("triage.drain")
    bell.close()

    def triaged() -> bool:
        with database.transaction() as session:
            return untriaged_count(session) == 0

    assert until(triaged, seconds=30)


def test_beat_wakes_workers(settings: Settings, start: Start) -> None:
    start(settings.replace(sweep_seconds=1), "beat")
    with closing(connect(settings.redis_url, timeout=5)) as client:
        assert until(lambda: client.llen("mod:triage"), seconds=30)


def test_the_heartbeat_is_of_beat_alone(settings: Settings, start: Start, tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    settings = settings.replace(heartbeat_file=str(heartbeat), sweep_seconds=1)
    subprocess.run([sys.executable, "-c", RING_AS_A_WORKER], env=os.environ | settings.as_env(), check=True)
    with closing(connect(settings.redis_url, timeout=5)) as client:
        assert client.llen("mod:triage") == 1
    assert not heartbeat.exists()
    start(settings, "beat")
    assert until(heartbeat.exists, seconds=30)


def test_migrate(cli: Cli) -> None:
    assert cli("migrate").stdout == f"The database is at revision {migrations.head()}.\n"


def test_migrate_brings_rules_to_begin_with_and_only_once(cli: Cli) -> None:
    assert "rules to begin with" in cli("migrate").stderr
    assert cli("migrate").stderr.count("rules to begin with") == 0
    assert "danger-to-life" in cli("rules", "list").stdout


def test_migrate_to_a_revision_that_is_not(settings: Settings) -> None:
    result = call(settings, "migrate", "--revision", "nonsense")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == "Error: Can't locate revision identified by 'nonsense'"
