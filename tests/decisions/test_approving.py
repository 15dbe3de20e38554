"""Approving a proposal: one step for who agrees, on what he saw; and which proposals wait for whom."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.cases import claims
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.decisions.ruling import Together
from moderation_service.errors import Conflict, Forbidden, NotFound
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.at_once import at_once
from tests.factories import LEASE, make_article, make_case, make_content, make_moderator, make_policy, make_site
from tests.factories import make_ruling as ruling_on


@pytest.fixture
def site(session: Session) -> Site:
    """A site whose policy has takedowns of editorial articles wait."""
    site = make_site(session)
    make_policy(session, site, second_for_editorial=True)
    return site


@pytest.fixture
def proposed(session: Session, site: Site, ada: Person) -> Case:
    """A case for which Ada proposed to take down one part."""
    case = make_case(session, site)
    _propose(session, case, ada, parts=("p1",), note="untrue")
    return case


def _propose(session: Session, case: Case, person: Person, **changes: Any) -> None:
    claims.claim(session, case, person, lease=LEASE)
    assert isinstance(pipeline.decide(session, case.id, person, ruling_on(case, **changes)), Proposal)


def _approve(session: Session, settings: Settings, case: Case, person: Person, **seen: int) -> Decision | Proposal:
    told = {"case_version": case.version, "revision": 1} | seen
    return pipeline.approve(session, case.id, person, settings, **told)


def _waiting(session: Session, person: Person) -> list[dict[str, Any]]:
    return queries.waiting_approvals(session, person).rows


def test_who_approves_decides_the_same(
    session: Session, settings: Settings, proposed: Case, ada: Person, bob: Person
) -> None:
    made = _approve(session, settings, proposed, bob)
    assert isinstance(made, Decision)
    assert (made.moderator_id, made.action, made.parts) == (bob.id, "takedown", ["p1"])
    assert (made.clause, made.ground, made.note) == ("3.2", "terms", "untrue")


def test_nobody_approves_his_own(session: Session, settings: Settings, proposed: Case, ada: Person) -> None:
    with pytest.raises(Forbidden, match="another person decides"):
        _approve(session, settings, proposed, ada)


def test_what_was_replaced_since_is_not_approved(
    session: Session, settings: Settings, proposed: Case, ada: Person, bob: Person
) -> None:
    seen = proposed.version
    claims.claim(session, proposed, ada, lease=LEASE)
    pipeline.replace_proposal(session, proposed.id, ada, ruling_on(proposed))
    with pytest.raises(Conflict) as refused:
        _approve(session, settings, proposed, bob, case_version=seen)
    assert [change["kind"] for change in refused.value.extra["changed"]][-1] == "proposed"


def test_what_was_withdrawn_since_is_not_approved(
    session: Session, settings: Settings, proposed: Case, ada: Person, bob: Person
) -> None:
    seen = proposed.version
    pipeline.withdraw_proposal(session, proposed.id, ada)
    with pytest.raises(Conflict) as refused:
        _approve(session, settings, proposed, bob, case_version=seen)
    assert [change["kind"] for change in refused.value.extra["changed"]] == ["proposal_withdrawn"]


def test_what_was_decided_since_is_not_approved(
    session: Session, settings: Settings, proposed: Case, bob: Person
) -> None:
    seen = proposed.version
    _approve(session, settings, proposed, bob)
    with pytest.raises(Conflict, match="Bob decided this case"):
        _approve(session, settings, proposed, make_moderator(session, "cyd"), case_version=seen)


def test_what_the_article_no_longer_says_is_not_approved(
    session: Session, settings: Settings, site: Site, proposed: Case, bob: Person
) -> None:
    make_article(session, site, content=make_content("Now it says something else."))
    with pytest.raises(Conflict):
        _approve(session, settings, proposed, bob)


def test_a_case_that_somebody_holds_is_not_approved_over_his_head(
    session: Session, settings: Settings, proposed: Case, bob: Person
) -> None:
    claims.claim(session, proposed, make_moderator(session, "cyd"), lease=LEASE)
    with pytest.raises(Conflict, match="Cyd holds"):
        _approve(session, settings, proposed, bob)


def test_who_works_elsewhere_approves_nothing_here(session: Session, settings: Settings, proposed: Case) -> None:
    eve = make_moderator(session, "eve", Role.ADMIN, make_site(session, "herald"))
    with pytest.raises(NotFound):
        _approve(session, settings, proposed, eve)
    assert _waiting(session, eve) == []


def test_eight_who_approve_at_once_are_one_decision(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_policy(session, site, second_for_editorial=True)
        case = make_case(session, site)
        _propose(session, case, make_moderator(session, "ada"))
        team = [make_moderator(session, f"m{number}") for number in range(8)]

    def approve(person: Person) -> str:
        with database.transaction() as session:
            return type(_approve(session, settings, case, person)).__name__

    answers = at_once(approve, team)
    assert [answer for answer in answers if not isinstance(answer, Exception)] == ["Decision"]
    assert all(isinstance(answer, Conflict) for answer in answers if isinstance(answer, Exception))


# What waits for whom.


def test_it_waits_for_others_and_is_shown_to_who_proposed_it(
    session: Session, proposed: Case, ada: Person, bob: Person
) -> None:
    (for_bob,), (for_ada,) = _waiting(session, bob), _waiting(session, ada)
    assert (for_bob["own"], for_ada["own"]) == (False, True)
    assert (for_bob["by"], for_bob["action"], for_bob["title"]) == ("Ada", "takedown", "Accuracy")
    assert (for_bob["case_version"], for_bob["because"]) == (proposed.version, "editorial")
    assert (queries.approvals_count(session, bob), queries.approvals_count(session, ada)) == (1, 0)


def test_it_waits_for_nobody_whose_role_is_too_low(session: Session, proposed: Case, bob: Person) -> None:
    proposed.needs_role = Role.SENIOR
    session.flush()
    assert _waiting(session, bob) == []
    assert queries.approvals_count(session, make_moderator(session, "zoe", Role.SENIOR)) == 1


def test_it_waits_no_longer_once_the_article_says_something_else(
    session: Session, site: Site, proposed: Case, bob: Person
) -> None:
    make_article(session, site, content=make_content("Now it says something else."))
    assert _waiting(session, bob) == []


def test_those_sent_together_stand_together(session: Session, site: Site, ada: Person, bob: Person) -> None:
    together = Together(2)
    first, between, last = (make_case(session, site, name) for name in ("one", "two", "three"))
    _propose(session, first, ada, together=together)
    _propose(session, between, bob)
    _propose(session, last, ada, together=together)
    waiting = _waiting(session, make_moderator(session, "cyd"))
    assert [row["case_id"] for row in waiting] == [first.id, last.id, between.id]


def test_ones_own_hide_nothing_of_others_and_a_cursor_leads_to_the_rest(
    session: Session, site: Site, ada: Person, bob: Person
) -> None:
    own = [make_case(session, site, name) for name in ("one", "two", "three")]
    together = Together(3)
    for case in own:
        _propose(session, case, ada, together=together)
    others = make_case(session, site, "four")
    _propose(session, others, bob)
    first = queries.waiting_approvals(session, ada, limit=2)
    rest = queries.waiting_approvals(session, ada, limit=2, cursor=first.next)
    assert [row["case_id"] for row in first.rows] == [others.id, own[0].id]
    assert ([row["case_id"] for row in rest.rows], rest.next) == ([own[1].id, own[2].id], None)


def test_a_clearance_proposed_for_a_rule_waits_as_well(session: Session, site: Site, ada: Person, bob: Person) -> None:
    case = make_case(session, site)
    case.needs_second = True
    _propose(session, case, ada, action=Action.CLEAR)
    (row,) = _waiting(session, bob)
    assert (row["action"], row["clause"], row["title"], row["because"]) == ("clear", None, None, "rule")
