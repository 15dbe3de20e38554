"""Claims: exclusive, ending by themselves, handed over, and given out in the queue's order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import CaseEvent, Claim
from moderation_service.config import Settings
from moderation_service.db import Database, utcnow
from moderation_service.errors import Conflict, Forbidden, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.at_once import at_once
from tests.factories import ACTOR, LEASE, make_case, make_moderator, make_site


def _run_out(session: Session) -> None:
    session.execute(update(Claim).values(expires_at=func.now() - timedelta(seconds=1)))
    session.expire_all()


def test_a_claim_lasts_as_long_as_its_lease_on_the_databases_clock(session: Session, site: Site, ada: Person) -> None:
    held = claims.claim(session, make_case(session, site), ada, lease=LEASE)
    assert held.moderator_id == ada.id
    assert abs(held.expires_at - utcnow(session) - LEASE) < timedelta(seconds=10)


def test_a_claimed_case_is_refused_to_others_who_are_told_who_holds_it(
    session: Session, site: Site, ada: Person, bob: Person
) -> None:
    case = make_case(session, site)
    held = claims.claim(session, case, ada, lease=LEASE)
    with pytest.raises(Conflict, match="Ada holds this case") as refused:
        claims.claim(session, case, bob, lease=LEASE)
    assert refused.value.extra == {"held_by": "Ada", "until": held.expires_at.isoformat()}


def test_a_claim_that_ran_out_is_nobodys(session: Session, site: Site, ada: Person, bob: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    _run_out(session)
    assert claims.holder(session, case.id) is None
    assert claims.claim(session, case, bob, lease=LEASE).moderator_id == bob.id


def test_claiming_again_renews(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    first = claims.claim(session, case, ada, lease=timedelta(seconds=5)).expires_at
    assert claims.claim(session, case, ada, lease=LEASE).expires_at > first


def test_renewing_lengthens_the_lease(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    first = claims.claim(session, case, ada, lease=timedelta(seconds=5)).expires_at
    assert claims.renew(session, case, ada, lease=LEASE).expires_at > first


def test_a_claim_that_ran_out_cannot_be_renewed(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    _run_out(session)
    with pytest.raises(Conflict, match="no longer"):
        claims.renew(session, case, ada, lease=LEASE)


def test_somebody_elses_claim_cannot_be_renewed(session: Session, site: Site, ada: Person, bob: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    with pytest.raises(Conflict, match="Ada"):
        claims.renew(session, case, bob, lease=LEASE)


def test_a_released_case_is_free(session: Session, site: Site, ada: Person, bob: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    claims.release(session, case, ada)
    assert claims.claim(session, case, bob, lease=LEASE).moderator_id == bob.id


def test_releasing_what_is_free_changes_nothing(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    claims.release(session, case, ada)
    assert session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id)).all() == ["opened"]


def test_a_moderator_cannot_release_a_colleagues_case_and_a_senior_can(
    session: Session, site: Site, ada: Person, bob: Person
) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    with pytest.raises(Conflict, match="Ada"):
        claims.release(session, case, bob)
    claims.release(session, case, make_moderator(session, "eve", Role.SENIOR))
    assert claims.holder(session, case.id) is None


def test_a_case_is_handed_over_with_a_new_lease(session: Session, site: Site, ada: Person, bob: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=timedelta(seconds=5))
    held = claims.hand_over(session, case, ada, bob, lease=LEASE)
    assert held.moderator_id == bob.id
    assert held.expires_at > utcnow(session) + timedelta(minutes=5)


def test_only_who_holds_a_case_hands_it_over(session: Session, site: Site, ada: Person, bob: Person) -> None:
    case = make_case(session, site)
    with pytest.raises(Forbidden, match="Claim this case first"):
        claims.hand_over(session, case, ada, bob, lease=LEASE)


def test_a_case_is_not_handed_to_who_may_not_decide_it(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    stranger = make_moderator(session, "zoe", site=make_site(session, "herald"))
    with pytest.raises(Forbidden, match="Zoe"):
        claims.hand_over(session, case, ada, stranger, lease=LEASE)


@pytest.mark.parametrize(
    ("needs", "role", "may"),
    [
        (Role.MODERATOR, Role.MODERATOR, True),
        (Role.SENIOR, Role.MODERATOR, False),
        (Role.SENIOR, Role.SENIOR, True),
        (Role.SENIOR, Role.ADMIN, True),
        (Role.ADMIN, Role.SENIOR, False),
    ],
)
def test_who_may_claim_a_case_that_needs_a_role(
    session: Session, site: Site, needs: Role, role: Role, may: bool
) -> None:
    case = make_case(session, site)
    case.needs_role = needs
    person = make_moderator(session, "kim", role)
    assert (claims.claim_next(session, person, lease=LEASE) is not None) == may
    if not may:
        with pytest.raises(Forbidden, match=needs):
            claims.claim(session, case, person, lease=LEASE)


def test_claims_that_ran_out_are_cleared_away_and_others_stay(session: Session, site: Site, ada: Person) -> None:
    one, two = make_case(session, site, "one"), make_case(session, site, "two")
    claims.claim(session, one, ada, lease=LEASE)
    _run_out(session)
    claims.claim(session, two, ada, lease=LEASE)
    assert claims.drop_expired(session) == 1
    assert session.scalars(select(Claim.case_id)).all() == [two.id]


# The next case.


def _next(session: Session, person: Person, *, queue: str | None = None, oldest: bool = False) -> int | None:
    case = claims.claim_next(session, person, lease=LEASE, queue=queue, oldest=oldest)
    return case.id if case else None


def _also(session: Session, username: str, role: Role, site: Site) -> Person:
    """The moderator with a role on one more site."""
    people.grant_role(session, people.moderator_by_name(session, username), role, site=site, actor=ACTOR)
    return people.person_by_name(session, username)


def test_an_empty_queue_has_nothing_to_claim(session: Session, ada: Person) -> None:
    assert _next(session, ada) is None


def test_the_queue_goes_by_lane_then_by_index_then_by_age(session: Session, site: Site, ada: Person) -> None:
    old, mild, grave, newer = (make_case(session, site, name) for name in ("old", "mild", "grave", "newer"))
    for case, lane, index, minutes in ((old, 0, 2.5, 30), (mild, 0, 1.5, 90), (grave, 1, 0.1, 1), (newer, 0, 2.5, 20)):
        case.escalation, case.urgency, case.opened_at = lane, index, func.now() - timedelta(minutes=minutes)
    session.flush()
    assert [_next(session, ada) for _ in range(5)] == [grave.id, old.id, newer.id, mild.id, None]


def test_now_and_then_the_oldest_is_next(session: Session, site: Site, ada: Person) -> None:
    oldest, urgent = make_case(session, site, "oldest"), make_case(session, site, "urgent")
    urgent.urgency = 1e6
    session.flush()
    assert _next(session, ada, oldest=True) == oldest.id


def test_a_named_queue_gives_its_own_cases_only(session: Session, site: Site, ada: Person) -> None:
    make_case(session, site, "one")
    case = make_case(session, site, "two")
    case.queue = "politics"
    session.flush()
    assert [_next(session, ada, queue="politics") for _ in range(2)] == [case.id, None]


def test_the_next_case_is_one_that_nobody_holds(session: Session, site: Site, ada: Person, bob: Person) -> None:
    first, second = make_case(session, site, "one"), make_case(session, site, "two")
    assert (_next(session, ada), _next(session, bob)) == (first.id, second.id)


def test_a_case_whose_claim_ran_out_is_next_again(session: Session, site: Site, ada: Person, bob: Person) -> None:
    case = make_case(session, site)
    assert _next(session, ada) == case.id
    _run_out(session)
    assert _next(session, bob) == case.id


def test_a_closed_case_is_never_next(session: Session, site: Site, ada: Person) -> None:
    cases.close(session, make_case(session, site), revision=1)
    assert _next(session, ada) is None


def test_a_moderator_of_some_sites_is_given_their_cases_only_the_first_of_all(session: Session, site: Site) -> None:
    herald, other = make_site(session, "herald"), make_site(session, "other")
    mine = [make_case(session, herald), make_case(session, site, reason="hate")]
    make_case(session, other, reason="terrorism")
    make_moderator(session, "kim", site=site)
    kim = _also(session, "kim", Role.MODERATOR, herald)
    assert [_next(session, kim) for _ in range(3)] == [mine[1].id, mine[0].id, None]


def test_a_role_holds_on_its_own_site_only(session: Session, site: Site) -> None:
    herald = make_site(session, "herald")
    case = make_case(session, herald)
    case.needs_role = Role.SENIOR
    session.flush()
    make_moderator(session, "kim", Role.SENIOR, site=site)
    assert _next(session, _also(session, "kim", Role.MODERATOR, herald)) is None


def test_a_moderator_without_a_role_is_given_nothing(session: Session, site: Site) -> None:
    make_case(session, site)
    assert _next(session, make_moderator(session, "kim", role=None)) is None


def test_cases_of_other_sites_are_not_to_be_known_of(session: Session, site: Site, settings: Settings) -> None:
    case = make_case(session, site)
    stranger = make_moderator(session, "zoe", site=make_site(session, "herald"))
    with pytest.raises(NotFound):
        pipeline.claim(session, case.id, stranger, settings)


def test_eight_moderators_who_ask_at_once_are_given_eight_different_cases(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        expected = {make_case(session, site, f"article-{n}").id for n in range(8)}
        team = [make_moderator(session, f"m{n}") for n in range(8)]

    def ask(person: Person) -> int | None:
        with database.transaction() as session:
            return _next(session, person)

    assert set(at_once(ask, team)) == expected


def test_eight_moderators_who_claim_one_case_at_once_are_one_holder_and_seven_told(database: Database) -> None:
    with database.transaction() as session:
        case_id = make_case(session, make_site(session)).id
        team = [make_moderator(session, f"m{n}") for n in range(8)]

    def ask(person: Person) -> int:
        with database.transaction() as session:
            return claims.claim(session, cases.lock(session, case_id), person, lease=LEASE).moderator_id

    answers = at_once(ask, team)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 7 + ["int"]


def test_the_database_itself_allows_one_claim_on_a_case(session: Session, site: Site, ada: Person) -> None:
    claims.claim(session, make_case(session, site), ada, lease=LEASE)
    copy = text("INSERT INTO claims SELECT case_id, moderator_id, now(), now() FROM claims")
    with pytest.raises(IntegrityError, match="pk_claims"), session.begin_nested():
        session.execute(copy)
