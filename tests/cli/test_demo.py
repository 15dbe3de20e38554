"""The play from the command line: on a terminal or not, with a service or without."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from moderation_service.config import Settings
from moderation_service.demo.paper.manuscripts import manuscripts
from tests.api.conftest import door
from tests.api.door import Door
from tests.cli.conftest import call
from tests.live import ORIGIN
from tests.served import Served

__all__ = ["door"]

NEVER = "http://127.0.0.1:1"  # nobody listens there


@pytest.fixture
def served(door: Door) -> Iterator[Served]:
    """A service with the demo's articles."""
    for external_id, article in manuscripts(ORIGIN, date(2026, 3, 6)):
        door.put_article(external_id, article)
    with contextlib.closing(Served(door)) as served:
        yield served


def played(folder: Path, *words: object) -> Result:
    """What the command says with this data folder."""
    return call(Settings(data_dir=str(folder)), "demo", "readers", "--seed", 1, *words)


def kept(folder: Path, door: Door, service: str) -> Path:
    """A folder with what a run keeps of its demo."""
    newsroom = {
        "service": service,
        "site": "courier",
        "origin": ORIGIN,
        "publishable_key": door.newsroom.publishable_key,
        "secret_key": door.newsroom.secret_key,
    }
    (folder / "newsroom.json").write_text(json.dumps(newsroom))
    (folder / "demo.json").write_text(json.dumps({"moderator": "m1", "password": None}))
    return folder


def test_without_a_terminal_each_event_is_a_line_and_the_end_is_summed_up(served: Served, tmp_path: Path) -> None:
    folder = kept(tmp_path, served.door, served.address)
    result = played(folder, "--pace", 20, "--minutes", 0.03, "--newsroom", served.address)
    assert result.exit_code == 0, result.output
    assert "honest flag on " in result.stdout
    assert "HOW WELL" in result.stdout
    assert "flags: 0 on bad articles" not in result.stdout


def test_without_a_demo_it_says_how_to_get_one(tmp_path: Path) -> None:
    result = played(tmp_path)
    assert result.exit_code == 1
    assert "start it with `moderation-service run` in another terminal" in result.stderr


def test_a_service_that_does_not_run_is_said_in_a_line(door: Door, tmp_path: Path) -> None:
    result = played(kept(tmp_path, door, NEVER))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["Error: The moderation service does not answer: ConnectionError"]
