"""The rows of backtests: asked for, leased to one worker at a time, told of, cancelled, taken up again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from moderation_service import runs
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.sites.models import Site
from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.backtest.figures import Report
from moderation_service.triage.models import Backtest
from moderation_service.triage.rules import document as language
from tests.factories import ACTOR, make_site
from tests.triage.backtest.past import add_rule, asks, document

END = datetime.now(UTC)
START = END - timedelta(days=30)
SAID = document("three", asks("reporters", ">=", 3, within="6h"))


def _ask(
    session: Session, site: Site, said: dict[str, Any] = SAID, *, start: datetime = START, end: datetime = END
) -> Backtest:
    return backtests.ask(session, site, language.load(said), start=start, end=end, author=ACTOR)


def _fresh(session: Session, backtest: Backtest) -> Backtest:
    session.refresh(backtest)
    return backtest


def _let_lease_run_out(session: Session) -> None:
    session.execute(update(Backtest).values(leased_until=func.now() - timedelta(seconds=1)))


def test_what_was_asked_waits_until_a_worker_leases_it(session: Session, site: Site) -> None:
    backtest = _ask(session, site)
    assert _fresh(session, backtest).state == "waiting"
    lease = backtests.lease_next(session)
    assert lease is not None
    assert (lease.backtest_id, lease.document["name"], lease.period.start) == (backtest.id, "three", START)
    assert _fresh(session, backtest).state == "running"


def test_one_runs_at_a_time_and_the_oldest_comes_first(session: Session, site: Site) -> None:
    first, second = _ask(session, site), _ask(session, site)
    lease = backtests.lease_next(session)
    assert lease is not None
    assert lease.backtest_id == first.id
    assert backtests.lease_next(session) is None
    backtests.finish(session, lease, Report({}, ""))
    following = backtests.lease_next(session)
    assert following is not None
    assert following.backtest_id == second.id


def test_one_whose_worker_fell_silent_is_begun_anew_and_the_silent_one_is_not_heard(
    session: Session, site: Site
) -> None:
    backtest = _ask(session, site)
    silent = backtests.lease_next(session)
    _let_lease_run_out(session)
    assert backtests.lease_next(session) is not None
    assert silent is not None
    assert not backtests.keep(session, silent, done=0.5)
    assert not backtests.finish(session, silent, Report({"touched": 1}, ""))
    assert _fresh(session, backtest).result is None


def test_one_that_ends_every_worker_fails_at_last(session: Session, site: Site) -> None:
    backtest = _ask(session, site)
    for _ in range(runs.MOST_ATTEMPTS):
        assert backtests.lease_next(session) is not None
        _let_lease_run_out(session)
    assert backtests.lease_next(session) is None
    assert _fresh(session, backtest).state == "failed"


def test_one_that_is_given_back_can_be_leased_at_once(session: Session, site: Site) -> None:
    _ask(session, site)
    lease = backtests.lease_next(session)
    assert lease is not None
    backtests.give_back(session, lease)
    assert backtests.lease_next(session) is not None


def test_a_cancelled_one_is_told_so_at_the_next_word(session: Session, site: Site) -> None:
    backtest = _ask(session, site)
    lease = backtests.lease_next(session)
    assert lease is not None
    assert backtests.keep(session, lease, done=0.4)
    assert _fresh(session, backtest).done == 0.4
    backtests.cancel(session, backtest, actor=ACTOR)
    assert not backtests.keep(session, lease, done=0.5)
    assert backtests.lease_next(session) is None


def test_what_has_ended_cannot_be_cancelled(session: Session, site: Site) -> None:
    backtest = _ask(session, site)
    lease = backtests.lease_next(session)
    assert lease is not None
    backtests.fail(session, lease, "no luck")
    with pytest.raises(Conflict, match="failed"):
        backtests.cancel(session, backtest, actor=ACTOR)


def test_the_list_of_cases_is_kept_whole_and_only_when_done(session: Session, site: Site) -> None:
    backtest = _ask(session, site)
    with pytest.raises(Conflict, match="waiting"):
        backtests.cases_csv(session, backtest)
    lease = backtests.lease_next(session)
    assert lease is not None
    backtests.finish(session, lease, Report({"touched": 1}, "case\r\n7\r\n"))
    assert backtests.cases_csv(session, _fresh(session, backtest)) == b"case\r\n7\r\n"


def test_the_period_ends_now_at_the_latest(session: Session, site: Site) -> None:
    backtest = _ask(session, site, end=END + timedelta(days=9))
    assert _fresh(session, backtest).to_at <= datetime.now(UTC) + timedelta(seconds=5)


@pytest.mark.parametrize("start", [END, END + timedelta(days=1), END - timedelta(days=400)])
def test_a_period_that_is_none_is_refused(session: Session, site: Site, start: datetime) -> None:
    with pytest.raises(Invalid):
        _ask(session, site, start=start)


def test_a_rule_of_another_site_is_refused(session: Session, site: Site) -> None:
    with pytest.raises(Invalid, match="herald"):
        _ask(session, site, SAID | {"site": "herald"})


def test_not_too_many_wait(session: Session, site: Site) -> None:
    for _ in range(backtests.MOST_WAITING):
        _ask(session, site)
    with pytest.raises(Conflict, match="cancel one"):
        _ask(session, site)


def test_the_sites_own_rule_comes_before_the_one_for_all(session: Session, site: Site) -> None:
    add_rule(session, SAID)
    assert backtests.rule_of(session, site.id, "three").site is None
    add_rule(session, SAID | {"site": site.slug})
    assert backtests.rule_of(session, site.id, "three").site == site.slug


def test_another_sites_backtest_is_not_found(session: Session, site: Site) -> None:
    backtest = _ask(session, site)
    with pytest.raises(NotFound):
        backtests.one(session, make_site(session, "herald").id, backtest.id)
