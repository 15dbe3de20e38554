"""A worker is killed at each point where it could matter; the next one goes on where it stopped."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.faults.books import Crowd, assert_all_applied, assert_all_in_cases, assert_each_flag_once, select
from tests.live import Service, until

pytestmark = pytest.mark.fault

ENFORCEMENT = [
    "after the claim is committed",
    "before the store call",
    "after the store call",
    "after confirm",
]
TRIAGE = ["in the middle of triage", "after triage, before its commit"]
ARTICLES = ["one", "two", "three"]


def start_dying(live: Service, point: str, folder: Path) -> None:
    """Start the API, beat, and a worker that will die at that point."""
    live.start_worker([sys.executable, "-m", "tests.faults.dying_worker", point, str(folder / "died")])
    live.start_beat()
    live.start_api()
    for article in ARTICLES:
        live.put_article(article)


def await_death(live: Service) -> None:
    """Until the worker has killed itself."""
    worker = live.children["worker"]
    until(lambda: worker.returncode is not None)
    assert worker.returncode == -signal.SIGKILL, live.log_of("worker")


@pytest.mark.parametrize("point", ENFORCEMENT)
def test_every_decision_ends_applied_once(live: Service, tmp_path: Path, point: str) -> None:
    start_dying(live, point, tmp_path)
    live.decide(live.flagged_case("one", "reader-1"))
    await_death(live)
    live.start_worker()
    for article in ARTICLES[1:]:
        live.decide(live.flagged_case(article, "reader-1"))
    assert_all_applied(live)
    assert [live.shown(article).status_code for article in ARTICLES] == [410, 410, 410]


def test_decision_superseded_while_no_worker_lives_ends_in_the_newer_state(live: Service, tmp_path: Path) -> None:
    start_dying(live, "after the store call", tmp_path)
    case = live.flagged_case("one", "reader-1")
    live.decide(case)
    await_death(live)
    assert live.shown("one").status_code == 410
    live.decide(case, "clear")
    live.start_worker()
    assert_all_applied(live)
    assert live.shown("one").status_code == 200


@pytest.mark.parametrize("point", TRIAGE)
def test_no_flag_is_lost_or_counted_twice_in_triage(live: Service, tmp_path: Path, point: str) -> None:
    start_dying(live, point, tmp_path)
    told = Crowd(live, ARTICLES, 60).finish()
    await_death(live)
    live.start_worker()
    assert_all_in_cases(live)
    assert_each_flag_once(live, told)
    assert select(live, "SELECT count(*) FROM cases") == [(3,)]
    heard = "(SELECT count(DISTINCT reporter) FROM flags WHERE flags.case_id = cases.id)"
    assert select(live, f"SELECT count(*) FROM cases WHERE voices = {heard}") == [(3,)]
