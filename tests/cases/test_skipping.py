"""Skipping: a case goes back to the queue, and to others first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.config import Settings
from moderation_service.db import utcnow
from moderation_service.errors import Forbidden
from moderation_service.sites.people import Person
from tests.factories import LEASE, make_case, make_moderator, make_site


@pytest.fixture
def skipped(session: Session, ada: Person) -> Case:
    case = make_case(session, make_site(session))
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.skip(session, case.id, ada, "I know the author")
    return case


def test_who_skipped_a_case_is_not_offered_it_again(session: Session, skipped: Case, ada: Person) -> None:
    assert claims.claim_next(session, ada, lease=LEASE) is None


def test_others_are_offered_it_at_once(session: Session, skipped: Case) -> None:
    offered = claims.claim_next(session, make_moderator(session, "bob"), lease=LEASE)
    assert offered is not None
    assert offered.id == skipped.id


def test_he_is_offered_it_after_half_an_hour(session: Session, ada: Person) -> None:
    case = make_case(session, make_site(session))
    long_ago = utcnow(session) - timedelta(minutes=31)
    session.add(CaseEvent(case_id=case.id, case_version=1, actor=ada.actor, kind="skipped", at=long_ago))
    offered = claims.claim_next(session, ada, lease=LEASE)
    assert offered is not None
    assert offered.id == case.id


def test_he_may_still_claim_it_himself(session: Session, skipped: Case, ada: Person) -> None:
    assert claims.claim(session, skipped, ada, lease=LEASE).moderator_id == ada.id


def test_the_reason_stands_in_the_history(session: Session, skipped: Case) -> None:
    last = cases.history(session, skipped.id)[-1]
    assert (last.kind, last.detail) == ("skipped", {"note": "I know the author"})


def test_only_the_holder_skips(session: Session, ada: Person) -> None:
    case = make_case(session, make_site(session))
    with pytest.raises(Forbidden, match="Claim this case first"):
        pipeline.skip(session, case.id, ada, "not mine")


def test_who_goes_on_gives_back_the_case_that_came_by_itself_and_is_offered_another(
    session: Session, ada: Person, settings: Settings
) -> None:
    site = make_site(session)
    one, two = make_case(session, site, "one"), make_case(session, site, "two")
    first = pipeline.claim_next(session, ada, settings)
    assert first is not None
    second = pipeline.claim_next(session, ada, settings, leaving=first.case.id)
    assert second is not None
    assert {first.case.id, second.case.id} == {one.id, two.id}
    assert claims.holder(session, first.case.id) is None
    assert pipeline.claim_next(session, ada, settings, leaving=second.case.id) is None


def test_who_goes_on_keeps_a_case_that_he_claimed_by_its_name(
    session: Session, ada: Person, settings: Settings
) -> None:
    case = make_case(session, make_site(session))
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.claim_next(session, ada, settings, leaving=case.id)
    held = claims.holder(session, case.id)
    assert held is not None
    assert held.moderator_id == ada.id
