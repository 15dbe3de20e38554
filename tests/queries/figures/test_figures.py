"""The figures of a small past, against what one counts by hand; a site sees nothing of another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.db import utcnow
from moderation_service.policy.vocabulary import Role
from moderation_service.queries import figures
from moderation_service.queries.figures import Period, TooSlow, bounded
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import make_moderator, make_site
from tests.history import History
from tests.triage.rules.books import enable, make_entry

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 11, 2, tzinfo=UTC)
# Three hours; the three before them are what they are compared with.
PERIOD = Period.of(START, START + 3 * HOUR, UTC)


@pytest.fixture
def past(session: Session, site: Site) -> History:
    return History(session, site)


@pytest.fixture
def elsewhere(session: Session) -> History:
    return History(session, make_site(session, "gazette"))


@pytest.fixture
def bob(session: Session) -> Person:
    return make_moderator(session, "bob", Role.SENIOR)


def _column(course: figures.Course, name: str) -> list[Any]:
    return [step[name] for step in course.steps]


def test_flags_and_decisions_are_counted_in_the_step_they_fall_into(
    session: Session, site: Site, past: History, elsewhere: History, ada: Person
) -> None:
    case = past.case("ferry", START - MINUTE, START, START + HOUR - timedelta(microseconds=1), START + 2 * HOUR)
    past.flag(case, START + 3 * HOUR)
    elsewhere.case("ferry", START + MINUTE)
    past.decision(case, ada, START + HOUR)
    course = figures.flow(session, [site.id], PERIOD)
    assert _column(course, "at") == [START, START + HOUR, START + 2 * HOUR]
    assert (_column(course, "flags"), _column(course, "decisions")) == ([2, 0, 1], [0, 1, 0])
    assert course.total == {"flags": 3, "decisions": 1}
    assert (course.before["flags"], course.before["decisions"]) == (1, 0)


def test_several_sites_are_counted_together(session: Session, site: Site, past: History, elsewhere: History) -> None:
    past.case("ferry", START)
    elsewhere.case("ferry", START)
    assert figures.flow(session, [site.id, elsewhere.site.id], PERIOD).total["flags"] == 2


def test_the_time_to_a_decision_runs_from_the_first_flag_to_the_first_decision(
    session: Session, site: Site, past: History, ada: Person
) -> None:
    for number in range(1, 11):
        case = past.case(f"case-{number}", START + 2 * HOUR - number * MINUTE, START + HOUR)
        first = past.decision(case, ada, START + 2 * HOUR)
    past.decision(case, ada, START + 2 * HOUR + MINUTE, "clear", supersedes_id=first.id)
    course = figures.flag_to_decision(session, [site.id], PERIOD)
    assert _column(course, "cases") == [0, 0, 10]
    # Of 1, 2, ... 10 minutes the fifth and the ninth.
    assert (_column(course, "p50"), _column(course, "p90")) == ([None, None, 300.0], [None, None, 540.0])
    assert course.total == {"cases": 10, "p50": 300.0, "p90": 540.0}


def test_a_case_that_lost_its_flags_counts_from_when_it_was_opened(
    session: Session, site: Site, past: History, ada: Person
) -> None:
    case = past.case("ferry", START, opened_at=START + MINUTE)
    session.execute(text("UPDATE flags SET case_id = NULL"))
    past.decision(case, ada, START + HOUR)
    assert figures.flag_to_decision(session, [site.id], PERIOD).total["p50"] == 59 * 60


def test_a_decision_is_applied_when_it_is_first_read_back(
    session: Session, site: Site, past: History, ada: Person
) -> None:
    for name, seconds in (("one", 2), ("two", 8), ("three", None)):
        decision = past.decision(past.case(name, START - HOUR), ada, START)
        if seconds is not None:
            past.applied(decision, timedelta(seconds=seconds))
    course = figures.decision_to_applied(session, [site.id], PERIOD)
    assert course.total == {"decisions": 3, "applied": 2, "p50": 2.0, "p90": 8.0}


def test_the_same_parts_in_another_order_overturn_nothing(
    session: Session, site: Site, past: History, ada: Person, bob: Person
) -> None:
    case = past.case("ordered", START - HOUR)
    first = past.decision(case, ada, START, parts=["p1", "p2"])
    past.decision(case, bob, START + 5 * HOUR, parts=["p2", "p1"], supersedes_id=first.id)
    assert figures.overturned(session, [site.id], PERIOD).total["overturned"] == 0


def test_a_decision_is_overturned_by_another_outcome_of_a_colleague(
    session: Session, site: Site, past: History, ada: Person, bob: Person
) -> None:
    upheld, lost, undone, _ = (past.decision(past.case(str(n), START - HOUR), ada, START) for n in range(4))
    for decision, person, action in ((upheld, bob, "takedown"), (lost, bob, "clear"), (undone, ada, "clear")):
        case = session.get_one(Case, decision.case_id)
        past.decision(case, person, START + 5 * HOUR, action, supersedes_id=decision.id)
    total = figures.overturned(session, [site.id], PERIOD).total
    assert (total["decisions"], total["overturned"], total["changed"]) == (4, 1, 1)
    assert (total["overturned_share"], total["changed_share"]) == (0.25, 0.25)


def test_open_cases_stand_in_the_band_of_their_age(session: Session, site: Site, past: History, ada: Person) -> None:
    now = utcnow(session)
    for name, age in (("new", MINUTE), ("two hours", 2 * HOUR), ("old", 40 * DAY)):
        past.case(name, now - age, deadline_at=now - MINUTE if name == "old" else None)
    past.decision(past.case("decided", now - 2 * HOUR), ada, now)
    rows = figures.open_by_age(session, [site.id])
    assert [row["cases"] for row in rows] == [1, 1, 0, 0, 0, 0, 1]
    assert [row["overdue"] for row in rows] == [0, 0, 0, 0, 0, 0, 1]


def test_a_rule_is_as_precise_as_the_share_of_takedowns_among_the_decided(
    session: Session, site: Site, past: History, ada: Person
) -> None:
    rule = make_entry(session)
    first, second = rule.version, enable(session, rule).version
    for name, actions in (("a", ["takedown"]), ("b", ["clear", "takedown"]), ("c", ["clear"]), ("open", [])):
        case, before = past.case(name, START), None
        for version in (first, second):
            past.firing(version, case, START + HOUR)
        for action in actions:
            before = past.decision(case, ada, START + HOUR, action, supersedes_id=before and before.id)
    past.firing(first, past.case("later", START), START + DAY)
    (row,) = figures.rule_precision(session, [site.id], PERIOD)
    assert (row["rule"], row["mode"], row["cases"], row["takedowns"], row["clearances"]) == (
        rule.rule.name,
        "live",
        4,
        2,
        1,
    )
    assert row["precision"] == pytest.approx(2 / 3)


def test_the_qa_sample_is_told_for_all_and_by_clause(
    session: Session, site: Site, past: History, ada: Person, bob: Person
) -> None:
    for number, (clause, said) in enumerate(
        (("3.2", "takedown"), ("3.2", "clear"), ("3.4", "takedown"), ("3.4", None))
    ):
        decision = past.decision(past.case(str(number), START), ada, START + HOUR, clause=clause)
        if said is not None:
            past.review(decision, bob, said, clause=clause if said == "takedown" else None)
    rows, before = figures.quality(session, [site.id], PERIOD)
    assert [(row["about"], row["clause"], row["agreed"], row["cases"]) for row in rows] == [
        ("overall", None, 2, 3),
        ("clause", "3.2", 1, 2),
        ("clause", "3.4", 1, 1),
    ]
    assert (before["cases"], before["share"]) == (0, None)


def test_the_busiest_articles_come_first_and_lead_to_their_newest_case(
    session: Session, site: Site, past: History, elsewhere: History
) -> None:
    past.case("quiet", START, START - DAY, START - DAY)
    loud = past.case("loud", START, START + MINUTE)
    past.flag(loud, START, reporter=past.flag(loud, START).reporter, target_key=b"p1")
    elsewhere.case("ferry", START)
    rows = figures.busiest_articles(session, [site.id], PERIOD)
    assert [(row["article"], row["flags"], row["readers"]) for row in rows] == [
        ("About loud", 4, 3),
        ("About quiet", 1, 1),
    ]
    assert rows[0]["case_id"] == loud.id


def test_a_moderator_sees_his_own_work_and_that_of_the_others_together(
    session: Session, site: Site, past: History, ada: Person, bob: Person
) -> None:
    for number, person in enumerate((ada, bob, bob)):
        past.decision(past.case(str(number), START), person, START, "clear" if person == ada else "takedown")
    seen = figures.workload(session, [site.id], PERIOD, ada)
    assert [(row["who"], row["moderator"], row["decisions"]) for row in seen] == [
        ("moderator", "Ada", 1),
        ("colleagues", None, 2),
        ("team", None, 3),
    ]
    assert (seen[0]["clearances"], seen[1]["takedowns"]) == (1, 2)


def test_a_senior_sees_who_did_what_but_not_where_he_is_none(
    session: Session, site: Site, past: History, elsewhere: History, ada: Person
) -> None:
    for history in (past, elsewhere):
        history.decision(history.case("ferry", START), ada, START)
    senior = make_moderator(session, "cid", Role.SENIOR, site)
    rows = figures.workload(session, [site.id, elsewhere.site.id], PERIOD, senior)
    assert [(row["who"], row["moderator"], row["decisions"]) for row in rows] == [
        ("moderator", "Ada", 1),
        ("colleagues", None, 1),
        ("team", None, 2),
    ]


def test_nothing_is_counted_where_nothing_was(session: Session, site: Site, ada: Person) -> None:
    assert figures.flow(session, [site.id], PERIOD).total == {"flags": 0, "decisions": 0}
    assert figures.overturned(session, [site.id], PERIOD).total["overturned_share"] is None
    assert figures.workload(session, [site.id], PERIOD, ada) == []


def test_what_takes_too_long_is_ended_and_leaves_the_transaction_as_it_was(session: Session, site: Site) -> None:
    with pytest.raises(TooSlow), bounded(session, timedelta(milliseconds=50)):
        session.execute(text("SELECT pg_sleep(5)"))
    assert session.execute(text("SHOW statement_timeout")).scalar_one() == "15s"
