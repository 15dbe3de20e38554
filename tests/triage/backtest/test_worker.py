"""The worker of backtests: it runs what waits, and says how that ended."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import workers.backtests as worker
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.backtest.figures import Report
from moderation_service.triage.backtest.shares import Ended
from moderation_service.triage.models import Backtest
from moderation_service.triage.rules import document as language
from tests.factories import ACTOR
from tests.live import service, until
from tests.triage.backtest.past import Past, asks, document
from workers import running

SAID = document("any", asks("reporters", ">=", 1, within="6h"))


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch, database: Database, settings: Settings) -> None:
    """The worker works on the test's database, and tells each step."""
    for module in (worker, running):
        monkeypatch.setattr(module, "database", lambda: database)
    monkeypatch.setattr(worker, "settings", settings)
    monkeypatch.setattr(running, "SECONDS_BETWEEN_WORDS", 0.0)
    monkeypatch.setattr(running, "stopping", threading.Event())


def _ask(past: Past) -> None:
    past.flag(0, "reader")
    past.triage()
    now = datetime.now(UTC)
    with past.step() as session:
        backtests.ask(session, past.site, language.load(SAID), start=now - timedelta(days=1), end=now, author=ACTOR)


def _row(past: Past) -> Backtest:
    with past.step() as session:
        return session.scalars(select(Backtest)).one()


def test_it_runs_what_waits(past: Past) -> None:
    _ask(past)
    assert (worker.drain(), worker.drain()) == (1, 0)
    done = _row(past)
    assert done.state == "done"
    assert done.result is not None
    assert done.result["touched"] == 1


def test_one_that_is_cancelled_meanwhile_stays_cancelled(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    _ask(past)

    def cancelled(*_: Any, progress: Any) -> Report:
        with past.step() as session:
            backtests.cancel(session, session.scalars(select(Backtest)).one(), actor=ACTOR)
        progress(0.5)
        raise AssertionError("it went on")

    monkeypatch.setattr(worker, "run", cancelled)
    assert worker.drain() == 1
    assert _row(past).state == "cancelled"


def test_one_that_breaks_says_why(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Report:
        raise ValueError("no such thing")

    _ask(past)
    monkeypatch.setattr(worker, "run", broken)
    worker.drain()
    assert (_row(past).state, _row(past).error) == ("failed", "ValueError: no such thing")


def test_one_whose_process_was_killed_is_left_to_its_lease(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any, **__: Any) -> Report:
        raise Ended("killed")

    _ask(past)
    monkeypatch.setattr(worker, "run", killed)
    assert (worker.drain(), _row(past).state) == (1, "running")


def test_a_worker_that_is_stopped_leaves_it_to_the_next(past: Past) -> None:
    _ask(past)
    running.stop()
    assert worker.run_one()
    assert _row(past).state == "waiting"
    with past.step() as session:
        assert backtests.lease_next(session) is not None


def test_a_worker_of_the_service_runs_it(past: Past, settings: Settings, tmp_path: Path) -> None:
    _ask(past)
    with service(settings.replace(sweep_seconds=1), tmp_path, moderators=0) as live:
        live.start_worker()
        live.start_beat()
        until(lambda: _row(past).state == "done", seconds=30)
