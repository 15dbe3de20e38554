"""Flags into cases: batches, one open case per article, escalation, and what attaches to a case decided already."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.db import Database
from moderation_service.intake import service as intake
from moderation_service.intake.models import Flag
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
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


def test_a_new_reason_of_one_reader_without_a_record_does_not_reopen(
    session: Session, site: Site, cleared: Case
) -> None:
    assert make_case(session, site, reporter="b", reason="hate").id == cleared.id


def test_a_new_reason_with_new_weight_opens_a_new_case(session: Session, site: Site, cleared: Case) -> None:
    first = make_flag(session, site, reporter="b", reason="hate")
    triaged(session, first)
    again = make_case(session, site, reporter="c", reason="hate")
    assert (again.state, again.reasons, again.voices) == ("open", ["hate"], 2)
    assert flag_of(session, first).case_id == again.id != cleared.id


def test_readers_who_were_heard_bring_no_new_weight(session: Session, site: Site) -> None:
    for reporter in ("a", "b", "c"):
        case = make_case(session, site, reporter=reporter)
    make_decision(session, case, make_moderator(session), Action.CLEAR)
    for reporter in ("a", "b", "c"):
        again = make_case(session, site, reporter=reporter, reason="hate", target=Target("p1"))
    assert again.id == case.id


def test_muted_readers_bring_no_new_weight(session: Session, site: Site, cleared: Case) -> None:
    for reporter in ("b", "c"):
        make_case(session, site, "other", reporter=reporter)
    session.execute(text("UPDATE reporters SET muted = 'confirmed'"))
    for reporter in ("b", "c"):
        again = make_case(session, site, reporter=reporter, reason="hate")
    assert again.id == cleared.id


def test_danger_to_life_reopens_at_once(session: Session, site: Site, cleared: Case) -> None:
    assert make_case(session, site, reporter="b", reason="danger_to_life").id != cleared.id


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
    fresh = make_flag(session, site, reporter="c", reason="terrorism")
    assert triaged(session, fresh).id == flag_of(session, known).case_id != cleared.id


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
        assert (case.voices, case.version) == (40, 1)


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
