"""Cases that take two persons who agree: the first one's ruling is a proposal, and so is whatever disagrees with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.decisions import proposals
from moderation_service.decisions import service as decisions
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.enforcement.service import order_of
from moderation_service.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from moderation_service.policy import service as policy
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.queries import case_detail
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.at_once import at_once
from tests.factories import (
    LEASE,
    make_article,
    make_case,
    make_content,
    make_moderator,
    make_ruling,
    make_site,
)


@pytest.fixture
def case(session: Session, site: Site) -> Case:
    """A case that takes two persons."""
    case = make_case(session, site)
    case.needs_second = True
    return case


def _rule(
    session: Session, case: Case, person: Person, action: Action = Action.TAKEDOWN, **changes: Any
) -> Decision | Proposal:
    """Claim a case and send a ruling on it as it is now."""
    claims.claim(session, case, person, lease=LEASE)
    return pipeline.decide(session, case.id, person, make_ruling(case, action, **changes))


def _proposal(session: Session, case: Case, person: Person, **changes: Any) -> Proposal:
    made = _rule(session, case, person, **changes)
    assert isinstance(made, Proposal)
    return made


def test_the_first_ruling_is_a_proposal_and_nothing_follows(session: Session, case: Case, ada: Person) -> None:
    proposal = _proposal(session, case, ada, parts=("p1",), note="untrue")
    assert (proposal.moderator_id, proposal.action, proposal.parts) == (ada.id, "takedown", ["p1"])
    assert (proposal.clause, proposal.ground, proposal.note, proposal.revision) == ("3.2", "terms", "untrue", 1)
    assert (case.state, decisions.latest(session, case.id), order_of(session, case.article_id)) == ("open", None, None)


def test_a_proposal_hands_the_case_on_as_something_new_to_look_at(session: Session, case: Case, ada: Person) -> None:
    version = case.version
    _proposal(session, case, ada)
    assert (case.version, claims.holder(session, case.id)) == (version + 1, None)


def test_what_was_proposed_stays_in_the_history(session: Session, case: Case, ada: Person) -> None:
    _proposal(session, case, ada, note="untrue")
    event = cases.history(session, case.id)[-1]
    version = policy.in_force(session, case.site_id)
    cites = {"policy_id": version.id, "clause": "3.2", "ground": "terms", "note": "untrue"}
    assert (event.kind, event.actor) == ("proposed", ada.actor)
    assert event.detail == {"action": "takedown", "parts": [], "revision": 1, "because": "rule"} | cites


@pytest.mark.parametrize("changes", [{"clause": None}, {"clause": "9.9"}, {"ground": None}, {"parts": ("p9",)}])
def test_a_proposal_is_held_to_what_a_decision_is(
    session: Session, case: Case, ada: Person, changes: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        _rule(session, case, ada, **changes)


@pytest.mark.parametrize("changes", [{"case_version": 9}, {"revision": 9}])
def test_a_proposal_on_what_moved_on_is_refused(
    session: Session, case: Case, ada: Person, changes: dict[str, Any]
) -> None:
    with pytest.raises(Conflict):
        _rule(session, case, ada, **changes)


def test_who_does_not_hold_the_case_proposes_nothing(session: Session, case: Case, ada: Person) -> None:
    with pytest.raises(Forbidden, match="Claim this case first"):
        pipeline.decide(session, case.id, ada, make_ruling(case))


def test_one_person_is_enough_for_an_ordinary_case(session: Session, case: Case, ada: Person) -> None:
    case.needs_second = False
    assert isinstance(_rule(session, case, ada), Decision)


# The second person.


@pytest.fixture
def proposed(session: Session, case: Case, ada: Person) -> Case:
    """A case for which Ada proposed a takedown."""
    _proposal(session, case, ada)
    return case


@pytest.mark.parametrize(
    ("changes", "followed"),
    [
        ({}, True),
        ({"note": "I agree"}, True),
        ({"clause": "1.2"}, False),
    ],
)
def test_another_person_who_agrees_decides_be_it_for_another_reason(
    session: Session, proposed: Case, bob: Person, changes: dict[str, Any], followed: bool
) -> None:
    decision = _rule(session, proposed, bob, **changes)
    assert isinstance(decision, Decision)
    assert (decision.moderator_id, proposed.state) == (bob.id, "closed")
    assert cases.history(session, proposed.id)[-1].detail["proposal"]["followed"] is followed


OTHERWISE = [{"parts": ("p1",)}, {"action": Action.CLEAR}]


@pytest.mark.parametrize("changes", OTHERWISE)
def test_who_disagrees_proposes_in_his_turn(
    session: Session, proposed: Case, bob: Person, changes: dict[str, Any]
) -> None:
    assert _proposal(session, proposed, bob, **changes).moderator_id == bob.id
    assert (proposed.state, decisions.latest(session, proposed.id)) == ("open", None)


def test_a_proposal_says_with_whose_it_disagrees(session: Session, proposed: Case, ada: Person, bob: Person) -> None:
    _proposal(session, proposed, bob, action=Action.CLEAR)
    event = cases.history(session, proposed.id)[-1]
    assert (event.kind, event.actor) == ("proposed", bob.actor)
    assert event.detail["disagrees_with"] == {"moderator_id": ada.id, "action": "takedown", "parts": []}


def test_the_first_who_comes_to_agree_decides(session: Session, proposed: Case, ada: Person, bob: Person) -> None:
    _proposal(session, proposed, bob, action=Action.CLEAR)
    decision = _rule(session, proposed, ada, Action.CLEAR)
    assert isinstance(decision, Decision)
    assert (decision.action, decision.moderator_id) == ("clear", ada.id)


def test_a_third_who_agrees_decides(session: Session, proposed: Case, bob: Person) -> None:
    _proposal(session, proposed, bob, action=Action.CLEAR)
    assert isinstance(_rule(session, proposed, make_moderator(session, "cyd"), Action.CLEAR), Decision)


@pytest.mark.parametrize(("role", "decides"), [(Role.MODERATOR, False), (Role.SENIOR, True), (Role.ADMIN, True)])
def test_a_senior_decides_against_a_proposal(session: Session, proposed: Case, role: Role, decides: bool) -> None:
    made = _rule(session, proposed, make_moderator(session, "zoe", role), Action.CLEAR)
    assert isinstance(made, Decision) is decides


@pytest.mark.parametrize(("changes", "tie_break"), [({}, False), ({"clause": "1.2"}, False), (OTHERWISE[1], True)])
def test_a_decision_against_a_proposal_says_so(
    session: Session, proposed: Case, changes: dict[str, Any], tie_break: bool
) -> None:
    _rule(session, proposed, make_moderator(session, "zoe", Role.SENIOR), **changes)
    assert cases.history(session, proposed.id)[-1].detail["proposal"]["tie_break"] is tie_break


def test_who_is_senior_elsewhere_breaks_no_tie(session: Session, proposed: Case, bob: Person) -> None:
    zoe = replace(bob, roles=(*bob.roles, (make_site(session, "elsewhere").id, Role.SENIOR)))
    assert isinstance(_rule(session, proposed, zoe, Action.CLEAR), Proposal)


def test_a_decision_says_whose_proposal_it_was(session: Session, proposed: Case, ada: Person, bob: Person) -> None:
    _rule(session, proposed, bob)
    assert cases.history(session, proposed.id)[-1].detail["proposal"]["moderator_id"] == ada.id


def test_a_decision_ends_the_proposal(session: Session, case: Case, ada: Person, bob: Person) -> None:
    _proposal(session, case, ada)
    _rule(session, case, bob)
    assert session.get(Proposal, case.id) is None


def test_who_proposed_does_not_decide_and_is_told_why(session: Session, case: Case, ada: Person) -> None:
    _proposal(session, case, ada)
    with pytest.raises(Forbidden, match="another person decides; you may withdraw or replace"):
        _rule(session, case, ada)


def test_no_rank_makes_one_person_two(session: Session, case: Case) -> None:
    admin = make_moderator(session, "zoe", Role.ADMIN)
    _proposal(session, case, admin)
    with pytest.raises(Forbidden):
        _rule(session, case, admin)


def test_who_looked_before_it_was_proposed_has_to_look_again(
    session: Session, case: Case, ada: Person, bob: Person
) -> None:
    seen = make_ruling(case)
    _proposal(session, case, ada)
    claims.claim(session, case, bob, lease=LEASE)
    with pytest.raises(Conflict) as refused:
        pipeline.decide(session, case.id, bob, seen)
    assert "proposed" in [change["kind"] for change in refused.value.extra["changed"]]


def test_the_verb_itself_wants_two(session: Session, case: Case, ada: Person) -> None:
    claims.claim(session, case, ada, lease=LEASE)
    with pytest.raises(Forbidden, match="takes two persons"):
        decisions.decide(session, case, ada, make_ruling(case))


def test_the_verb_itself_wants_two_who_agree(session: Session, proposed: Case, bob: Person) -> None:
    claims.claim(session, proposed, bob, lease=LEASE)
    with pytest.raises(Forbidden, match="two persons who agree"):
        decisions.decide(session, proposed, bob, make_ruling(proposed, Action.CLEAR))


def test_a_proposal_is_not_needed_when_the_second_person_is_not_any_more(
    session: Session, case: Case, ada: Person
) -> None:
    _proposal(session, case, ada)
    case.needs_second = False
    assert isinstance(_rule(session, case, ada), Decision)


def test_a_proposal_speaks_for_its_revision_only(
    session: Session, site: Site, case: Case, ada: Person, bob: Person
) -> None:
    _proposal(session, case, ada)
    make_article(session, site, content=make_content("Now it says something else."))
    assert _proposal(session, case, bob, revision=2).moderator_id == bob.id
    assert isinstance(_rule(session, case, ada, revision=2), Decision)


def test_who_proposed_is_offered_the_case_again_once_the_article_says_something_else(
    session: Session, site: Site, case: Case, ada: Person
) -> None:
    _proposal(session, case, ada)
    assert claims.claim_next(session, ada, lease=LEASE) is None
    make_article(session, site, content=make_content("Now it says something else."))
    offered = claims.claim_next(session, ada, lease=LEASE)
    assert (offered and offered.id) == case.id


def test_what_two_decided_takes_two_to_decide_anew(
    session: Session, settings: Settings, case: Case, ada: Person, bob: Person
) -> None:
    _proposal(session, case, ada)
    first = _rule(session, case, bob)
    assert _proposal(session, case, bob, action=Action.CLEAR).because == "rule"
    assert decisions.latest(session, case.id) == first
    pipeline.claim(session, case.id, ada, settings)
    anew = pipeline.decide(session, case.id, ada, make_ruling(case, Action.CLEAR))
    assert (anew.action, anew.moderator_id) == ("clear", ada.id)


def test_who_agreed_does_not_undo_alone_what_two_decided(
    session: Session, settings: Settings, case: Case, ada: Person, bob: Person
) -> None:
    _proposal(session, case, ada)
    first = _rule(session, case, bob)
    assert isinstance(first, Decision)
    undone = pipeline.undo(session, case.id, bob, first.id, settings)
    assert isinstance(undone, Proposal)
    assert (undone.action, decisions.latest(session, case.id)) == ("clear", first)
    assert claims.holder(session, case.id) is None
    agreed = pipeline.approve(session, case.id, ada, settings, case_version=case.version, revision=1)
    assert (agreed.action, agreed.moderator_id) == ("clear", ada.id)


def test_eight_at_once_are_one_proposal(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        case = make_case(session, make_site(session))
        case.needs_second = True
        team = [make_moderator(session, f"m{n}") for n in range(8)]
        ruling = make_ruling(case)

    def rule(person: Person) -> str:
        with database.transaction() as session:
            return type(pipeline.claim_and_decide(session, case.id, person, ruling, settings)).__name__

    answers = at_once(rule, team)
    assert sorted(str(a) for a in answers if not isinstance(a, Exception)) == ["Proposal"]
    assert all(isinstance(a, DomainError) for a in answers if isinstance(a, Exception))


# Withdrawn and replaced.


def test_a_proposal_is_withdrawn(session: Session, case: Case, ada: Person, bob: Person) -> None:
    _proposal(session, case, ada)
    version = case.version
    pipeline.withdraw_proposal(session, case.id, ada)
    assert (case.version, cases.history(session, case.id)[-1].kind) == (version + 1, "proposal_withdrawn")
    assert isinstance(_rule(session, case, bob), Proposal)


def test_a_proposal_is_replaced(session: Session, case: Case, ada: Person) -> None:
    _proposal(session, case, ada)
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.replace_proposal(session, case.id, ada, make_ruling(case, Action.CLEAR))
    standing = proposals.standing(session, case)
    assert standing is not None
    assert (standing.action, standing.clause, standing.ground) == ("clear", None, None)


def test_a_proposal_is_replaced_by_who_holds_the_case(session: Session, case: Case, ada: Person) -> None:
    _proposal(session, case, ada)
    with pytest.raises(Forbidden, match="Claim this case first"):
        pipeline.replace_proposal(session, case.id, ada, make_ruling(case, Action.CLEAR))


def test_a_colleagues_proposal_is_his(session: Session, case: Case, ada: Person, bob: Person) -> None:
    _proposal(session, case, ada)
    claims.claim(session, case, bob, lease=LEASE)
    with pytest.raises(Forbidden, match="A colleague proposed this"):
        pipeline.withdraw_proposal(session, case.id, bob)
    with pytest.raises(Forbidden, match="A colleague proposed this"):
        pipeline.replace_proposal(session, case.id, bob, make_ruling(case))


def test_what_was_not_proposed_is_neither_withdrawn_nor_replaced(session: Session, case: Case, ada: Person) -> None:
    with pytest.raises(NotFound):
        pipeline.withdraw_proposal(session, case.id, ada)
    with pytest.raises(NotFound):
        pipeline.replace_proposal(session, case.id, ada, make_ruling(case))


# Shown.


def test_the_second_person_sees_what_was_proposed(session: Session, case: Case, ada: Person, bob: Person) -> None:
    _proposal(session, case, ada, note="untrue")
    shown = case_detail(session, case.id, bob)
    assert shown["needs_second"]
    assert (shown["proposal"]["by"], shown["proposal"]["action"], shown["proposal"]["note"]) == (
        "Ada",
        "takedown",
        "untrue",
    )


def test_a_decided_case_shows_no_proposal(session: Session, case: Case, ada: Person, bob: Person) -> None:
    _proposal(session, case, ada)
    _rule(session, case, bob)
    assert case_detail(session, case.id, bob)["proposal"] is None
