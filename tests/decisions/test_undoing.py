"""Undoing: a further decision that brings back what held before."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases import claims
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.decisions.service import latest
from moderation_service.enforcement.service import order_of
from moderation_service.errors import Conflict, Forbidden
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import (
    make_article,
    make_case,
    make_content,
    make_decision,
    make_moderator,
    make_policy,
    make_site,
    rewrite_clause,
)


@pytest.fixture
def case(session: Session) -> Case:
    return make_case(session, make_site(session))


def _undo(session: Session, made: Decision, person: Person, settings: Settings) -> Decision | None:
    undone = pipeline.undo(session, made.case_id, person, made.id, settings)
    assert not isinstance(undone, Proposal)
    return undone


def test_a_takedown_is_undone_by_a_clearance(session: Session, settings: Settings, case: Case, ada: Person) -> None:
    taken_down = make_decision(session, case, ada)
    undone = _undo(session, taken_down, ada, settings)
    order = order_of(session, case.article_id)
    assert undone is not None
    assert (undone.action, undone.supersedes_id) == ("clear", taken_down.id)
    assert order is not None
    assert order.wanted["state"] == "visible"


def test_a_first_clearance_stands_and_its_case_is_held_again(
    session: Session, settings: Settings, case: Case, ada: Person
) -> None:
    cleared = make_decision(session, case, ada, Action.CLEAR)
    assert _undo(session, cleared, ada, settings) is None
    held = claims.holder(session, case.id)
    assert held is not None
    assert held.moderator_id == ada.id


def test_undoing_a_second_verdict_brings_back_the_first(
    session: Session, settings: Settings, case: Case, ada: Person
) -> None:
    first = make_decision(session, case, ada, parts=("p1",), clause="3.4", ground="law")
    second = make_decision(session, case, ada, Action.CLEAR)
    undone = _undo(session, second, ada, settings)
    assert undone is not None
    assert undone.supersedes_id == second.id
    assert (undone.action, undone.parts, undone.clause, undone.ground) == ("takedown", ["p1"], "3.4", first.ground)


def test_a_takedown_comes_back_under_the_clause_that_it_cited_though_the_policy_has_none_such_now(
    session: Session, settings: Settings, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    first = make_decision(session, case, ada)
    make_decision(session, case, ada, Action.CLEAR)
    rewrite_clause(session, site, "3.2", gone=True)
    cleared = latest(session, case.id)
    assert cleared is not None
    undone = _undo(session, cleared, ada, settings)
    assert undone is not None
    assert (undone.action, undone.clause, undone.policy_id) == ("takedown", "3.2", first.policy_id)
    assert undone.dsa_category == first.dsa_category


def test_a_takedown_does_not_come_back_over_another_revision(
    session: Session, settings: Settings, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    make_decision(session, case, ada)
    make_article(session, site, content=make_content("All new words."))
    make_policy(session, site, second_for_editorial=True)
    cleared = make_decision(session, case, ada, Action.CLEAR, revision=2)
    with pytest.raises(Conflict, match="of another revision"):
        _undo(session, cleared, ada, settings)
    assert latest(session, case.id) == cleared


def test_a_clearance_comes_back_over_another_revision(
    session: Session, settings: Settings, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    make_decision(session, case, ada, Action.CLEAR)
    make_article(session, site, content=make_content("All new words."))
    taken_down = make_decision(session, case, ada, revision=2)
    undone = _undo(session, taken_down, ada, settings)
    assert (undone and undone.action) == "clear"


def test_what_was_decided_anew_is_not_undone(session: Session, settings: Settings, case: Case, ada: Person) -> None:
    first = make_decision(session, case, ada)
    make_decision(session, case, ada, Action.CLEAR)
    with pytest.raises(Conflict, match="Something else was decided"):
        _undo(session, first, ada, settings)


def test_a_colleagues_decision_is_not_undone(session: Session, settings: Settings, case: Case, ada: Person) -> None:
    made = make_decision(session, case, ada)
    with pytest.raises(Forbidden, match="A colleague decided this"):
        _undo(session, made, make_moderator(session, "bob", Role.ADMIN), settings)
