"""Decisions: made by who holds the case, on what was seen, superseded and never edited."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.audit.models import AuditEntry
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database, finish
from moderation_service.decisions import service as decisions
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.service import order_of
from moderation_service.errors import Conflict, Forbidden, Invalid, NotFound
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.at_once import at_once
from tests.factories import (
    LEASE,
    make_article,
    make_case,
    make_content,
    make_decision,
    make_flag,
    make_moderator,
    make_ruling,
    make_site,
    triaged,
)


@pytest.fixture
def case(session: Session, site: Site, ada: Person) -> Case:
    """A case that Ada holds."""
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    return case


@pytest.mark.parametrize("takes_two", [False, True])
def test_who_became_too_low_for_a_case_that_he_holds_neither_decides_nor_proposes(
    session: Session, settings: Settings, site: Site, takes_two: bool
) -> None:
    case, zoe = make_case(session, site), make_moderator(session, "zoe", Role.SENIOR)
    case.needs_role, case.needs_second = Role.SENIOR, takes_two
    claims.claim(session, case, zoe, lease=LEASE)
    lowered = replace(zoe, roles=((None, Role.MODERATOR),))
    with pytest.raises(Forbidden, match="waits for the role senior"):
        pipeline.decide(session, case.id, lowered, make_ruling(case))
    with pytest.raises(Forbidden, match="waits for the role senior"):
        pipeline.renew_claim(session, case.id, lowered, settings)
    assert (case.state, case.version) == ("open", 1)


def test_a_decision_keeps_what_it_rests_on(session: Session, case: Case, ada: Person) -> None:
    decision = decisions.decide(session, case, ada, make_ruling(case, note="untrue"))
    assert (decision.case_version, decision.revision, decision.moderator_id) == (1, 1, ada.id)
    assert (decision.clause, decision.ground, decision.note) == ("3.2", "terms", "untrue")
    assert decision.dsa_category == "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
    assert decision.policy_id is not None


def test_a_decision_closes_the_case_and_ends_the_claim(session: Session, case: Case, ada: Person) -> None:
    decisions.decide(session, case, ada, make_ruling(case, Action.CLEAR))
    assert (case.state, case.version, case.decided_revision) == ("closed", 2, 1)
    assert claims.holder(session, case.id) is None


def test_a_clearance_carries_no_clause_even_when_one_was_sent(session: Session, case: Case, ada: Person) -> None:
    decision = decisions.decide(session, case, ada, make_ruling(case, Action.CLEAR, clause="3.2", ground="terms"))
    assert (decision.clause, decision.ground, decision.policy_id) == (None, None, None)


def test_a_decision_is_told_in_the_cases_history_and_audited(session: Session, case: Case, ada: Person) -> None:
    decision = decisions.decide(session, case, ada, make_ruling(case))
    event = cases.history(session, case.id)[-1]
    assert (event.kind, event.actor, event.case_version) == ("decided", ada.actor, 2)
    assert event.detail == {"decision": decision.id, "action": "takedown", "supersedes": None}
    finish(session)
    assert "case.decided" in session.scalars(select(AuditEntry.action)).all()


def test_the_content_store_is_to_follow(session: Session, case: Case, ada: Person) -> None:
    pipeline.decide(session, case.id, ada, make_ruling(case, parts=("p1",)))
    order = order_of(session, case.article_id)
    assert order is not None
    assert (order.state, order.wanted) == ("pending", {"state": "visible", "redacted": ["p1"], "ground": "terms"})


# What was seen.


def test_a_case_that_moved_on_is_not_decided_and_what_changed_is_told(
    session: Session, site: Site, case: Case, ada: Person
) -> None:
    ruling = make_ruling(case)
    make_case(session, site, reporter="b", reason="hate")
    with pytest.raises(Conflict, match="changed since you looked") as refused:
        decisions.decide(session, case, ada, ruling)
    assert refused.value.extra["case_version"] == 2
    (change,) = refused.value.extra["changed"]
    assert (change["kind"], change["by"], change["reasons"]) == ("reason_added", "system", ["hate", "misleading"])


def test_a_case_that_a_colleague_decided_says_who_and_what(session: Session, case: Case, ada: Person) -> None:
    ruling = make_ruling(case, Action.CLEAR)
    make_decision(session, case, ada)
    with pytest.raises(Conflict, match="Ada decided this case: takedown") as refused:
        decisions.decide(session, case, make_moderator(session, "bob"), ruling)
    assert [change["kind"] for change in refused.value.extra["changed"]] == ["decided"]


def test_an_article_that_changed_is_not_decided_on_its_old_revision(
    session: Session, site: Site, case: Case, ada: Person
) -> None:
    make_article(session, site, content=make_content("Now it says something else."))
    with pytest.raises(Conflict, match="revision 1, it is at 2") as refused:
        decisions.decide(session, case, ada, make_ruling(case))
    assert refused.value.extra["article_revision"] == 2


def test_a_version_from_the_future_is_refused_too(session: Session, case: Case, ada: Person) -> None:
    with pytest.raises(Conflict):
        decisions.decide(session, case, ada, make_ruling(case, case_version=9))


def test_a_refused_decision_leaves_nothing_behind(session: Session, case: Case, ada: Person) -> None:
    with pytest.raises(Conflict):
        pipeline.decide(session, case.id, ada, make_ruling(case, case_version=9))
    assert decisions.latest(session, case.id) is None
    assert order_of(session, case.article_id) is None
    assert claims.holder(session, case.id) is not None


# Who decides.


def test_a_case_that_nobody_holds_is_not_decided(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    with pytest.raises(Forbidden, match="Claim this case first"):
        decisions.decide(session, case, ada, make_ruling(case))


def test_a_case_that_a_colleague_holds_is_not_decided(session: Session, case: Case) -> None:
    with pytest.raises(Forbidden, match="Ada holds this case"):
        decisions.decide(session, case, make_moderator(session, "bob"), make_ruling(case))


def test_a_claim_that_ran_out_decides_nothing(session: Session, case: Case, ada: Person) -> None:
    session.execute(text("UPDATE claims SET expires_at = now() - interval '1 s'"))
    with pytest.raises(Forbidden, match="Claim this case first"):
        decisions.decide(session, case, ada, make_ruling(case))


def test_a_case_on_another_site_is_not_to_be_known_of(session: Session, case: Case) -> None:
    stranger = make_moderator(session, "zoe", Role.ADMIN, make_site(session, "herald"))
    with pytest.raises(NotFound):
        pipeline.decide(session, case.id, stranger, make_ruling(case))


# Superseding.


def test_who_decided_may_decide_anew(session: Session, case: Case, ada: Person) -> None:
    first = make_decision(session, case, ada)
    second = make_decision(session, case, ada, Action.CLEAR)
    assert (second.supersedes_id, case.version) == (first.id, 3)
    assert decisions.latest(session, case.id) is second


@pytest.mark.parametrize(("role", "may"), [(Role.MODERATOR, False), (Role.SENIOR, True), (Role.ADMIN, True)])
def test_who_may_overrule_a_colleague(session: Session, case: Case, ada: Person, role: Role, may: bool) -> None:
    first, bob = make_decision(session, case, ada), make_moderator(session, "bob", role)
    if may:
        assert make_decision(session, case, bob, Action.CLEAR).supersedes_id == first.id
    else:
        with pytest.raises(Forbidden, match="senior"):
            make_decision(session, case, bob, Action.CLEAR)


def test_a_reversal_restores(session: Session, case: Case, ada: Person) -> None:
    make_decision(session, case, ada)
    make_decision(session, case, ada, Action.CLEAR)
    order = order_of(session, case.article_id)
    assert order is not None
    session.refresh(order)
    assert (order.wanted_version, order.wanted) == (2, {"state": "visible", "redacted": [], "ground": None})


def test_clearing_one_case_does_not_lift_the_takedown_of_another(
    session: Session, site: Site, case: Case, ada: Person
) -> None:
    make_decision(session, case, ada, parts=("p1",))
    other = make_case(session, site, reporter="b", reason="danger_to_life")
    make_decision(session, other, ada, Action.CLEAR)
    order = order_of(session, case.article_id)
    assert order is not None
    session.refresh(order)
    assert order.wanted["redacted"] == ["p1"]


def test_a_decision_is_never_edited(session: Session, case: Case, ada: Person) -> None:
    make_decision(session, case, ada)
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text("UPDATE decisions SET note = 'another'"))


# The verdict.


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clause": None}, "clause"),
        ({"clause": "9.9"}, "clause"),
        ({"ground": None}, "ground"),
        ({"clause": "3.2", "ground": "law"}, "ground"),
        ({"clause": "5.1", "ground": "terms"}, "ground"),
        ({"parts": ("p1", "p9")}, "parts"),
        ({"action": Action.CLEAR, "parts": ("p1",)}, "parts"),
    ],
)
def test_a_verdict_that_does_not_hold_is_refused_by_its_field(
    session: Session, case: Case, ada: Person, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        decisions.decide(session, case, ada, make_ruling(case, **changes))
    assert refused.value.field == field


@pytest.mark.parametrize(("clause", "ground"), [("1.2", "law"), ("1.2", "terms"), ("5.2", "law"), ("4.2", "terms")])
def test_a_clause_is_cited_on_a_ground_it_knows(
    session: Session, case: Case, ada: Person, clause: str, ground: str
) -> None:
    decision = decisions.decide(session, case, ada, make_ruling(case, clause=clause, ground=ground))
    assert (decision.clause, decision.ground) == (clause, ground)


def test_an_article_whose_content_is_not_known_can_be_taken_down_whole(
    session: Session, site: Site, ada: Person
) -> None:
    stub = triaged(session, make_flag(session, site, "unheard-of", url="https://courier.example/unheard-of"))
    assert make_decision(session, stub, ada, revision=0).revision == 0


# Several at once.


def test_a_bulk_decision_claims_on_the_way(session: Session, site: Site, ada: Person, settings: Settings) -> None:
    case = make_case(session, site)
    pipeline.claim_and_decide(session, case.id, ada, make_ruling(case, Action.CLEAR), settings)
    assert case.state == "closed"


def test_a_bulk_decision_on_a_case_that_moved_on_leaves_it_unclaimed(
    session: Session, site: Site, ada: Person, settings: Settings
) -> None:
    case = make_case(session, site)
    with pytest.raises(Conflict):
        pipeline.claim_and_decide(session, case.id, ada, make_ruling(case, case_version=5), settings)
    assert claims.holder(session, case.id) is None


def test_eight_moderators_on_one_case_are_one_decision_and_seven_conflicts(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        case = make_case(session, make_site(session))
        team = [make_moderator(session, f"m{n}") for n in range(8)]
        ruling = make_ruling(case, Action.CLEAR)

    def decide(person: Person) -> int:
        with database.transaction() as session:
            return pipeline.claim_and_decide(session, case.id, person, ruling, settings).moderator_id

    answers = at_once(decide, team)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 7 + ["int"]
    assert all("decided this case: clear" in str(answer) for answer in answers if isinstance(answer, Conflict))
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_a_decision_waits_for_a_revision_being_written_and_sees_it(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        case, person = make_case(session, site), make_moderator(session)
    decided: list[Decision] = []

    def decide() -> None:
        with suppress(Conflict), database.transaction() as session:
            decided.append(make_decision(session, case, person))

    with database.transaction() as writing:
        make_article(writing, site, content=make_content("Something else."))
        decider = Thread(target=decide)
        decider.start()
        decider.join(0.2)
        assert decider.is_alive()
    decider.join(5)
    assert decided == []
