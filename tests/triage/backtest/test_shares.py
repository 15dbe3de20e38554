"""Replaying in processes of their own: the same answer, and none of them is ever left behind."""

from __future__ import annotations

import multiprocessing
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from moderation_service.triage.backtest import shares
from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.replay import Hit
from moderation_service.triage.backtest.shares import Broke, Ended, Share, replay
from tests.triage.backtest.past import Past, asks, document, live_a_while

RULE = document("two", asks("reporters", ">=", 2, within="24h"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PERIOD = Period(1, NOW - timedelta(days=1), NOW)


class Cancelled(Exception):
    pass


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "WORTH_A_PROCESS", 0)


@pytest.fixture
def silent_url() -> Iterator[str]:
    """The URL of a server that takes connections and never says a word."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(str(Path(folder) / ".s.PGSQL.5432"))
        server.listen()
        yield f"postgresql:///none?host={folder}"


def _share(cases: int = 4) -> Share:
    return Share(RULE, PERIOD, dict.fromkeys(range(1, cases + 1), 1))


def _case_id(hit: Hit) -> int:
    return hit.case_id


def test_parts_hold_all_cases_once_and_none_is_divided() -> None:
    share = Share(RULE, PERIOD, {1: 3, 2: 9, 3: 1, 4: 1, 5: 1})
    assert [dict(part.cases) for part in share.parts(5)] == [{1: 3, 2: 9}, {3: 1, 4: 1, 5: 1}]


def test_processes_find_what_one_alone_finds(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    live_a_while(past, Random(1), articles=3, steps=8)
    with past.step() as session:
        rows = session.execute(text("SELECT case_id, count(*) FROM case_scores GROUP BY case_id"))
        moments: dict[int, int] = {case_id: count for case_id, count in rows}
    period = Period(past.site.id, datetime.now(UTC) - timedelta(days=60), datetime.now(UTC))
    alone = sorted(replay(past.url, Share(RULE, period, moments), told=lambda _: None), key=_case_id)
    monkeypatch.setattr(shares, "WORTH_A_PROCESS", 0)
    done: list[int] = []
    apart = replay(past.url, Share(RULE, period, moments), told=done.append)
    assert alone
    assert sorted(apart, key=_case_id) == alone
    assert done[-1] == sum(moments.values())


@pytest.mark.usefixtures("processes")
def test_a_process_that_is_killed_ends_the_run(silent_url: str) -> None:
    def kill(_: int) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    with pytest.raises(Ended):
        replay(silent_url, _share(), told=kill)
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("processes")
def test_whoever_is_told_may_end_it(silent_url: str) -> None:
    def cancel(_: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        replay(silent_url, _share(), told=cancel)
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("processes")
def test_what_a_process_could_not_do_is_told(tmp_path: Path) -> None:
    with pytest.raises(Broke, match="OperationalError"):
        replay(f"postgresql:///none?host={tmp_path}", _share(), told=lambda _: None)
