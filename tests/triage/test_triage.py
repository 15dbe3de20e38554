"""Flags into cases: batches, one open case per article, escalation, and what attaches to a case decided already."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.audit.models import AuditEntry
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.db import Database, finish
from moderation_service.intake import service as intake
from moderation_service.intake.models import Flag
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.triage.priority import Escalation
from tests.at_once import at_once
from tests.factories import (
    flag_of,
    make_article,
    make_case,
    make_content,
    make_decision,
    make_flag,
    make_moderator,
    make_site,
    triaged,
    untriaged_count,
)


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    make_article(session, site)
    return site


def _kinds(session: Session, case: Case) -> list[str]:
    query = select(CaseEvent.kind).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    return list(session.scalars(query))


def _age_flags(session: Session, hours: int) -> None:
    session.execute(text("UPDATE flags SET received_at = received_at - make_interval(hours => :h)"), {"h": hours})


def test_nothing_to_triage_is_no_work(session: Session) -> None:
    assert pipeline.triage(session, limit=10) == 0


def test_a_flag_opens_a_case_and_is_marked_with_it(session: Session, site: Site) -> None:
    recorded = make_flag(session, site, reason="hate")
    case = triaged(session, recorded)
    assert (case.state, case.version, case.severity, case.reasons) == ("open", 1, 4, ["hate"])
    assert flag_of(session, recorded).triaged_at is not None
    assert untriaged_count(session) == 0


def test_a_batch_takes_no_more_than_its_limit(session: Session, site: Site) -> None:
    for n in range(5):
        make_flag(session, site, reporter=f"r{n}")
    assert [pipeline.triage(session, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_flags_of_one_article_share_one_case_across_batches(session: Session, site: Site) -> None:
    flags = [make_flag(session, site, reporter=f"r{n}") for n in range(3)]
    while pipeline.triage(session, limit=1):
        pass
    assert len({flag_of(session, flag).case_id for flag in flags}) == 1


def test_flags_of_different_articles_have_different_cases(session: Session, site: Site) -> None:
    assert make_case(session, site, "one").id != make_case(session, site, "two").id


def test_the_gravest_reason_sets_the_severity_and_a_milder_one_does_not_lower_it(session: Session, site: Site) -> None:
    make_case(session, site, reason="hate")
    case = make_case(session, site, reporter="b", reason="spam")
    assert (case.severity, case.reasons) == (4, ["hate", "spam"])


def test_a_withdrawn_flag_opens_no_case(session: Session, site: Site) -> None:
    recorded = make_flag(session, site)
    intake.withdraw(session, flag_of(session, recorded))
    assert pipeline.triage(session, limit=10) == 1
    assert flag_of(session, recorded).case_id is None
    assert session.scalars(select(Case)).all() == []


# The version of a case: what a decider has to know moves it, a storm of flags does not.


def test_a_further_flag_for_a_known_reason_does_not_move_the_version(session: Session, site: Site) -> None:
    make_case(session, site)
    assert make_case(session, site, reporter="b").version == 1


def test_a_new_reason_moves_the_version_and_is_told(session: Session, site: Site) -> None:
    make_case(session, site)
    case = make_case(session, site, reporter="b", reason="hate")
    assert case.version == 2
    assert _kinds(session, case) == ["opened", "reason_added"]


def test_an_escalation_moves_the_version_once_and_is_told(session: Session, site: Site) -> None:
    for reporter in ("a", "b", "c", "d"):
        case = make_case(session, site, reporter=reporter)
    assert case.version == 2
    assert _kinds(session, case) == ["opened", "escalated"]


# Escalation.


def test_three_readers_within_a_day_escalate(session: Session, site: Site) -> None:
    levels = [make_case(session, site, reporter=reporter).escalation for reporter in ("a", "b", "c")]
    assert levels == [Escalation.NONE, Escalation.NONE, Escalation.RULE]


def test_three_readers_in_one_batch_escalate(session: Session, site: Site) -> None:
    for reporter in ("a", "b"):
        make_flag(session, site, reporter=reporter)
    assert make_case(session, site, reporter="c").escalation == Escalation.RULE


def test_one_reader_who_flags_three_parts_does_not_escalate(session: Session, site: Site) -> None:
    for part in ("p1", "p2", None):
        case = make_case(session, site, target=Target(part))
    assert case.escalation == Escalation.NONE


def test_flags_older_than_a_day_do_not_count(session: Session, site: Site) -> None:
    for reporter in ("a", "b"):
        make_case(session, site, reporter=reporter)
    _age_flags(session, hours=25)
    assert make_case(session, site, reporter="c").escalation == Escalation.NONE


def test_flags_just_within_the_day_count(session: Session, site: Site) -> None:
    for reporter in ("a", "b"):
        make_case(session, site, reporter=reporter)
    _age_flags(session, hours=23)
    assert make_case(session, site, reporter="c").escalation == Escalation.RULE


def test_withdrawn_flags_do_not_count(session: Session, site: Site) -> None:
    for reporter in ("a", "b"):
        recorded = make_flag(session, site, reporter=reporter)
        intake.withdraw(session, flag_of(session, recorded))
    assert make_case(session, site, reporter="c").escalation == Escalation.NONE


def test_readers_of_another_article_do_not_count(session: Session, site: Site) -> None:
    for n, reporter in enumerate(("a", "b")):
        make_case(session, site, f"other-{n}", reporter=reporter)
    assert make_case(session, site, reporter="c").escalation == Escalation.NONE


def test_danger_to_life_escalates_at_once(session: Session, site: Site) -> None:
    assert make_case(session, site, reason="danger_to_life").escalation == Escalation.DANGER_TO_LIFE


def test_danger_to_life_stays_when_many_others_flag(session: Session, site: Site) -> None:
    make_case(session, site, reason="danger_to_life")
    for reporter in ("b", "c", "d"):
        case = make_case(session, site, reporter=reporter)
    assert case.escalation == Escalation.DANGER_TO_LIFE


def test_an_escalation_is_audited(session: Session, site: Site) -> None:
    make_case(session, site, reason="danger_to_life")
    finish(session)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.actor == "system")).all()
    assert sorted(actions) == ["cases.escalated", "cases.opened"]


# After a decision.


@pytest.fixture
def cleared(session: Session, site: Site) -> Case:
    case = make_case(session, site)
    make_decision(session, case, make_moderator(session), Action.CLEAR)
    return case


def test_repeat_flags_on_a_cleared_revision_attach_without_reopening(
    session: Session, site: Site, cleared: Case
) -> None:
    version = cleared.version
    for reporter in ("b", "c", "d", "e"):
        again = make_case(session, site, reporter=reporter)
    assert (again.id, again.state, again.version, again.escalation) == (cleared.id, "closed", version, 0)


def test_a_new_reason_opens_a_new_case(session: Session, site: Site, cleared: Case) -> None:
    again = make_case(session, site, reporter="b", reason="hate")
    assert again.id != cleared.id
    assert (again.state, again.reasons) == ("open", ["hate"])


def test_a_new_revision_opens_a_new_case(session: Session, site: Site, cleared: Case) -> None:
    make_article(session, site, content=make_content("Now it says something else."))
    assert make_case(session, site, reporter="b").id != cleared.id


def test_a_flag_for_the_decided_revision_attaches_even_when_a_newer_one_is_there(
    session: Session, site: Site, cleared: Case
) -> None:
    make_article(session, site, content=make_content("Now it says something else."))
    assert make_case(session, site, reporter="b", revision=1).id == cleared.id


def test_flags_that_bring_something_new_take_the_others_of_their_batch_along(
    session: Session, site: Site, cleared: Case
) -> None:
    known = make_flag(session, site, reporter="b")
    fresh = make_flag(session, site, reporter="c", reason="hate")
    assert triaged(session, fresh).id == flag_of(session, known).case_id != cleared.id


def test_flags_of_the_case_before_do_not_escalate_the_new_one(session: Session, site: Site) -> None:
    for reporter in ("a", "b"):
        case = make_case(session, site, reporter=reporter)
    make_decision(session, case, make_moderator(session), Action.CLEAR)
    assert make_case(session, site, reporter="c", reason="hate").escalation == Escalation.NONE


# Several workers.


def test_two_workers_at_once_take_different_flags_and_neither_waits(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        for name in ("one", "two", "three", "four"):
            make_article(session, site, name)
            make_flag(session, site, name)
    with database.transaction() as one, database.transaction() as two:
        mine, yours = intake.take_untriaged(one, 3), intake.take_untriaged(two, 3)
    assert (len(mine), len(yours)) == (3, 1)
    assert not set(mine) & set(yours)


def test_two_workers_with_flags_of_one_article_open_one_case(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        for n in range(40):
            make_flag(session, site, reporter=f"r{n}")

    def work(limit: int) -> int:
        with database.transaction() as session:
            return pipeline.triage(session, limit=limit)

    assert sorted(at_once(work, [10, 10, 10, 10]), key=str) == [10, 10, 10, 10]
    with database.transaction() as session:
        case = session.scalars(select(Case)).one()
        assert session.scalar(select(func.count()).where(Flag.case_id == case.id)) == 40
        assert (case.escalation, case.version) == (Escalation.RULE, 2)


def test_many_workers_on_many_articles_never_wait_in_a_circle(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        for name in ("one", "two", "three", "four", "five"):
            make_article(session, site, name)
        for n in range(100):
            make_flag(session, site, ("one", "two", "three", "four", "five")[n % 5], f"r{n}")

    def work(limit: int) -> int:
        taken = 0
        for _ in range(5):
            with database.transaction() as session:
                taken += pipeline.triage(session, limit=limit)
        return taken

    assert sum(taken for taken in at_once(work, [6] * 4) if isinstance(taken, int)) == 100
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 5


def test_triage_waits_for_a_decision_being_made_and_sees_it(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        case, person = make_case(session, site), make_moderator(session)

    def triage() -> None:
        with database.transaction() as session:
            pipeline.triage(session, limit=10)

    with database.transaction() as session:
        make_flag(session, site, reporter="b")
    with database.transaction() as deciding:
        make_decision(deciding, case, person, Action.CLEAR)
        worker = Thread(target=triage)
        worker.start()
        worker.join(0.2)
        assert worker.is_alive()
    worker.join(5)
    with database.transaction() as session:
        assert session.scalars(select(Case.state)).all() == ["closed"]
        assert session.scalar(select(func.count()).where(Flag.case_id == case.id)) == 2
