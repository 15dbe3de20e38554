"""The README's tour, word for word, against the running service."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.demo import newsroom
from moderation_service.triage.rules.install import install_starter
from tests.live import Service, service
from tests.readme import ADDRESS, blocks, terminal


@pytest.fixture
def live(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    """A service of its own: in the tour, the queue is a newcomer's."""
    with contextlib.closing(Database(settings, pool_size=1)) as database, database.transaction() as session:
        install_starter(session, author="test")
    with service(settings, tmp_path) as live:
        live.start_worker()
        live.start_api()
        yield live


def test_tour_prints_what_the_readme_shows(live: Service) -> None:
    newsroom.load(live.settings, origin=live.address)
    with terminal(live.settings, {ADDRESS: live.address}, seconds=240) as shell:
        for commands, expected in blocks("## The tour"):
            shell.type(commands, expected)
