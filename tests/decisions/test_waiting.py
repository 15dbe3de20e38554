"""Takedowns that the policy has wait for a second person: of editorial articles, and sent together with many others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.articles.models import Article
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.decisions import service as decisions
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.decisions.ruling import Together
from moderation_service.errors import Forbidden
from moderation_service.policy import service as policy
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.queries import case_detail
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import LEASE, make_case, make_decision, make_moderator, make_policy, make_ruling


@pytest.fixture
def editorial(session: Session, site: Site) -> Case:
    """A case on an article of the newsroom, under a policy by which its takedowns wait."""
    make_policy(session, site, second_for_editorial=True)
    return make_case(session, site)


def _rule(session: Session, case: Case, person: Person, action: Action = Action.TAKEDOWN, **changes: Any) -> Any:
    """Claim a case and send a ruling on it as it is now."""
    claims.claim(session, case, person, lease=LEASE)
    return pipeline.decide(session, case.id, person, make_ruling(case, action, **changes))


def _written_by_readers(session: Session, case: Case) -> None:
    session.execute(update(Article).where(Article.id == case.article_id).values(origin="user"))


def test_a_takedown_of_an_editorial_article_is_proposed(session: Session, editorial: Case, ada: Person) -> None:
    made = _rule(session, editorial, ada)
    assert isinstance(made, Proposal)
    assert (made.because, editorial.state) == ("editorial", "open")
    assert cases.history(session, editorial.id)[-1].detail["because"] == "editorial"


def test_clearing_takes_nobody_else(session: Session, editorial: Case, ada: Person) -> None:
    assert isinstance(_rule(session, editorial, ada, Action.CLEAR), Decision)


def test_what_readers_wrote_is_taken_down_by_one(session: Session, editorial: Case, ada: Person) -> None:
    _written_by_readers(session, editorial)
    assert isinstance(_rule(session, editorial, ada), Decision)


def test_another_person_who_agrees_decides(session: Session, editorial: Case, ada: Person, bob: Person) -> None:
    _rule(session, editorial, ada)
    assert isinstance(_rule(session, editorial, bob), Decision)


def test_nobody_approves_his_own(session: Session, editorial: Case) -> None:
    admin = make_moderator(session, "zoe", Role.ADMIN)
    _rule(session, editorial, admin)
    with pytest.raises(Forbidden, match="another person decides"):
        _rule(session, editorial, admin)


def test_who_disagrees_proposes_though_he_would_clear(
    session: Session, editorial: Case, ada: Person, bob: Person
) -> None:
    _rule(session, editorial, ada)
    assert _rule(session, editorial, bob, Action.CLEAR).because == "editorial"
    assert isinstance(_rule(session, editorial, ada, Action.CLEAR), Decision)


def test_the_verb_itself_wants_two(session: Session, editorial: Case, ada: Person) -> None:
    claims.claim(session, editorial, ada, lease=LEASE)
    with pytest.raises(Forbidden, match="takes two persons"):
        decisions.decide(session, editorial, ada, make_ruling(editorial))


# Each version of a policy says it anew.


def test_a_version_that_does_not_say_so_lets_one_decide(
    session: Session, site: Site, editorial: Case, ada: Person
) -> None:
    make_policy(session, site)
    assert isinstance(_rule(session, editorial, ada), Decision)


def test_what_was_proposed_waits_on_under_a_later_version(
    session: Session, site: Site, editorial: Case, ada: Person, bob: Person
) -> None:
    _rule(session, editorial, ada)
    make_policy(session, site)
    with pytest.raises(Forbidden):
        _rule(session, editorial, ada)
    claims.release(session, editorial, ada)
    assert isinstance(_rule(session, editorial, bob), Decision)


def test_what_was_proposed_for_a_rule_waits_no_longer_than_the_rule_holds(
    session: Session, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    case.needs_second = True
    _rule(session, case, ada)
    case.needs_second = False
    assert isinstance(_rule(session, case, ada), Decision)


# A case that was decided already.


def test_taking_down_what_one_cleared_waits_too(session: Session, editorial: Case, ada: Person) -> None:
    make_decision(session, editorial, ada, Action.CLEAR)
    assert isinstance(_rule(session, editorial, ada), Proposal)
    assert editorial.state == "closed"


def test_who_agrees_to_it_overrules_nobody(session: Session, editorial: Case, ada: Person, bob: Person) -> None:
    make_decision(session, editorial, ada, Action.CLEAR)
    _rule(session, editorial, ada)
    assert isinstance(_rule(session, editorial, bob), Decision)


def test_who_may_not_overrule_a_colleague_does_not_propose_to(
    session: Session, editorial: Case, ada: Person, bob: Person
) -> None:
    make_decision(session, editorial, ada, Action.CLEAR)
    with pytest.raises(Forbidden, match="overrule"):
        _rule(session, editorial, bob)


def test_undoing_a_clearance_brings_the_takedown_back_at_once(
    session: Session, settings: Settings, editorial: Case, ada: Person, bob: Person
) -> None:
    _rule(session, editorial, ada)
    _rule(session, editorial, bob)
    cleared = make_decision(session, editorial, bob, Action.CLEAR)
    undone = pipeline.undo(session, editorial.id, bob, cleared.id, settings)
    assert undone is not None
    assert undone.action == "takedown"


# Bulk.


@pytest.mark.parametrize(("sent", "waits"), [(3, False), (4, True)])
def test_a_verdict_on_more_than_so_many_others_waits(
    session: Session, site: Site, ada: Person, sent: int, waits: bool
) -> None:
    make_policy(session, site, second_over=2)
    made = _rule(session, make_case(session, site), ada, together=Together(sent))
    assert isinstance(made, Proposal) is waits


def test_a_verdict_on_one_case_alone_does_not_wait_for_bulk(session: Session, site: Site, ada: Person) -> None:
    make_policy(session, site, second_over=0)
    assert isinstance(_rule(session, make_case(session, site), ada), Decision)


def test_clearing_many_takes_nobody_else(session: Session, site: Site, ada: Person) -> None:
    make_policy(session, site, second_over=0)
    made = _rule(session, make_case(session, site), ada, Action.CLEAR, together=Together(9))
    assert isinstance(made, Decision)


def test_proposals_that_were_sent_as_one_are_known_by_it(session: Session, site: Site, ada: Person) -> None:
    make_policy(session, site, second_over=0)
    together = Together(2)
    for name in ("ferry", "bridge"):
        _rule(session, make_case(session, site, name), ada, together=together)
    assert session.scalars(select(Proposal.together)).all() == [together.uid, together.uid]


def test_who_sent_many_does_not_take_one_of_them_down_alone(session: Session, site: Site, ada: Person) -> None:
    make_policy(session, site, second_over=0)
    case = make_case(session, site)
    _rule(session, case, ada, together=Together(2))
    with pytest.raises(Forbidden):
        _rule(session, case, ada)


def test_the_second_person_sees_why_it_waits(session: Session, editorial: Case, ada: Person, bob: Person) -> None:
    _rule(session, editorial, ada)
    assert case_detail(session, editorial.id, bob)["proposal"]["because"] == "editorial"


def test_the_house_policy_lets_one_decide_until_told_otherwise(session: Session, site: Site) -> None:
    house = policy.in_force(session, site.id)
    assert (house.second_for_editorial, house.second_over) == (False, None)
