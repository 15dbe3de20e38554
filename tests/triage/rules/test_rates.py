"""How often a rule fired, bar by bar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage.models import RuleFiring
from moderation_service.triage.rules.entries import Entry, Mode
from moderation_service.triage.rules.rates import Step, rate
from tests.triage.rules.books import make_entry


def fire(session: Session, entry: Entry, case_id: int, *, ago: str = "0", mode: str = "live", site_id: int = 1) -> None:
    """That the rule fired on a case so long ago, counted from the beginning of the hour."""
    at = session.execute(text("SELECT date_trunc('hour', now()) - CAST(:ago AS interval)"), {"ago": ago}).scalar_one()
    known = {"rule_id": entry.rule.id, "version_id": entry.version.id, "site_id": site_id, "case_version": 1}
    session.add(RuleFiring(**known, case_id=case_id, mode=mode, facts=[], actions=[], fired_at=at))
    session.flush()


def test_quiet_hours_are_bars_too_and_modes_are_told_apart(session: Session) -> None:
    entry = make_entry(session, mode=Mode.LIVE)
    fire(session, entry, 1)
    fire(session, entry, 2, ago="2 hours")
    fire(session, entry, 3, ago="2 hours 1 second", mode="shadow")
    bars = rate(session, entry.rule.id, bars=4)
    assert [(bar.live, bar.shadow) for bar in bars] == [(0, 1), (1, 0), (0, 0), (1, 0)]


def test_last_bar_is_the_present_hour_or_day(session: Session) -> None:
    entry = make_entry(session)
    now = datetime.now(UTC)
    for step, length in ((Step.HOUR, timedelta(hours=1)), (Step.DAY, timedelta(days=1))):
        bars = rate(session, entry.rule.id, step=step, bars=3)
        assert [later.at - earlier.at for earlier, later in pairwise(bars)] == [length] * 2
        assert bars[-1].at <= now < bars[-1].at + 2 * length


def test_older_firings_and_those_of_other_rules_are_not_counted(session: Session) -> None:
    entry, other = make_entry(session), make_entry(session, "other")
    fire(session, entry, 1, ago="4 hours")
    fire(session, other, 1)
    assert sum(bar.live for bar in rate(session, entry.rule.id, bars=4)) == 0


def test_days_add_up_their_hours(session: Session) -> None:
    entry = make_entry(session)
    for case_id in range(1, 4):
        fire(session, entry, case_id, ago=f"{case_id * 24} hours")
    assert [bar.live for bar in rate(session, entry.rule.id, step=Step.DAY, bars=4)] == [1, 1, 1, 0]


def test_only_the_sites_asked_for_are_counted(session: Session) -> None:
    entry = make_entry(session)
    fire(session, entry, 1, site_id=1)
    fire(session, entry, 2, site_id=2)
    assert rate(session, entry.rule.id, bars=1, sites=[2])[0].live == 1
    assert rate(session, entry.rule.id, bars=1)[0].live == 2
