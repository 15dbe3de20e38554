"""The QA sample: drawn as chance has it, judged by a senior who had no hand in it, and changing nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.db import utcnow
from moderation_service.decisions import quality
from moderation_service.decisions.models import Decision, QaReview, QaSample
from moderation_service.enforcement.service import order_of
from moderation_service.errors import Conflict, Forbidden, Invalid, NotFound
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.queries import blind_next, blind_sample, blind_waiting, qa_agreement, qa_differences
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import LEASE, make_case, make_decision, make_moderator, make_policy, make_ruling, make_site
from tests.history import History


@pytest.fixture
def site(session: Session) -> Site:
    """A site whose decisions are all drawn."""
    site = make_site(session)
    make_policy(session, site, qa_percent=100)
    return site


@pytest.fixture
def senior(session: Session) -> Person:
    return make_moderator(session, "zoe", Role.SENIOR)


@pytest.fixture
def sample(session: Session, site: Site, ada: Person) -> QaSample:
    """A takedown of Ada's that was drawn."""
    return _sample_of(session, make_decision(session, make_case(session, site), ada))


def _sample_of(session: Session, decision: Decision) -> QaSample:
    return session.scalars(select(QaSample).where(QaSample.decision_id == decision.id)).one()


def _review(session: Session, sample: QaSample, person: Person, action: Action, **changes: Any) -> QaReview:
    case = session.get_one(Case, session.get_one(Decision, sample.decision_id).case_id)
    return quality.review(session, sample.id, person, make_ruling(case, action, **changes))


# Drawn.


def test_so_many_are_drawn_as_the_policy_says() -> None:
    version = PolicyVersion(draw_key=UUID(int=7), qa_percent=5)
    drawn = sum(quality.is_drawn(version, number) for number in range(20_000))
    assert 900 <= drawn <= 1_100


def test_the_same_decision_is_always_drawn_or_never() -> None:
    version = PolicyVersion(draw_key=UUID(int=7), qa_percent=50)
    assert [quality.is_drawn(version, n) for n in range(64)] == [quality.is_drawn(version, n) for n in range(64)]


def test_another_key_draws_others() -> None:
    one, other = (PolicyVersion(draw_key=UUID(int=key), qa_percent=50) for key in (1, 2))
    assert [quality.is_drawn(one, n) for n in range(64)] != [quality.is_drawn(other, n) for n in range(64)]


@pytest.mark.parametrize(("percent", "drawn"), [(0, 0), (100, 20)])
def test_none_and_all_are_what_they_say(percent: int, drawn: int) -> None:
    version = PolicyVersion(draw_key=UUID(int=7), qa_percent=percent)
    assert sum(quality.is_drawn(version, number) for number in range(20)) == drawn


def test_a_case_does_not_tell_that_its_decision_was_drawn(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    decision = make_decision(session, case, ada)
    assert _sample_of(session, decision).site_id == site.id
    assert {event.kind for event in cases.history(session, case.id)} == {"opened", "claimed", "decided"}


# Judged.


def test_a_senior_says_what_he_would_have_decided_and_nothing_changes(
    session: Session, sample: QaSample, senior: Person
) -> None:
    made = _review(session, sample, senior, Action.CLEAR, note="Fair comment")
    decision = session.get_one(Decision, sample.decision_id)
    order = order_of(session, decision.article_id)
    assert (made.action, made.note, decision.action) == ("clear", "Fair comment", "takedown")
    assert order is not None
    assert order.wanted["state"] == "removed"


def test_his_takedown_is_held_to_what_a_takedown_is(session: Session, sample: QaSample, senior: Person) -> None:
    for changes in ({"clause": None}, {"clause": "9.9"}, {"parts": ("p9",)}):
        with pytest.raises(Invalid):
            _review(session, sample, senior, Action.TAKEDOWN, **changes)


def test_nobody_judges_his_own(session: Session, site: Site, senior: Person) -> None:
    own = _sample_of(session, make_decision(session, make_case(session, site), senior))
    with pytest.raises(NotFound):
        _review(session, own, senior, Action.CLEAR)


def test_nobody_judges_what_he_proposed(session: Session, site: Site, ada: Person, senior: Person) -> None:
    case = make_case(session, site)
    case.needs_second = True
    claims.claim(session, case, senior, lease=LEASE)
    pipeline.decide(session, case.id, senior, make_ruling(case))
    with pytest.raises(NotFound):
        _review(session, _sample_of(session, make_decision(session, case, ada)), senior, Action.CLEAR)


def test_a_moderator_knows_of_no_sample(session: Session, sample: QaSample) -> None:
    with pytest.raises(NotFound):
        _review(session, sample, make_moderator(session, "bob"), Action.CLEAR)


def test_a_senior_of_another_site_knows_of_none(session: Session, sample: QaSample) -> None:
    elsewhere = make_moderator(session, "eve", Role.SENIOR, make_site(session, "herald"))
    with pytest.raises(NotFound):
        _review(session, sample, elsewhere, Action.CLEAR)


def test_one_answer_is_enough(session: Session, sample: QaSample, senior: Person) -> None:
    _review(session, sample, senior, Action.CLEAR)
    with pytest.raises(Conflict, match="Somebody else"):
        _review(session, sample, make_moderator(session, "max", Role.ADMIN), Action.CLEAR)


def test_what_one_skips_another_answers(session: Session, sample: QaSample, senior: Person) -> None:
    skipped = quality.skip(session, sample.id, senior, "I know the author")
    assert (skipped.action, skipped.skipped_because) == (None, "I know the author")
    with pytest.raises(Forbidden, match="skipped"):
        _review(session, sample, senior, Action.CLEAR)
    assert _review(session, sample, make_moderator(session, "max", Role.SENIOR), Action.CLEAR).action == "clear"


# What waits for whom.


def test_it_waits_for_seniors_who_had_no_hand_in_it(
    session: Session, sample: QaSample, ada: Person, senior: Person
) -> None:
    assert (blind_next(session, senior), blind_waiting(session, senior)) == (sample.id, 1)
    assert blind_next(session, ada) is None
    case_id = session.get_one(Decision, sample.decision_id).case_id
    pipeline.note(session, case_id, senior, "I looked at this")
    assert (blind_next(session, senior), blind_waiting(session, senior)) == (None, 0)


def test_it_waits_no_longer_once_answered(session: Session, sample: QaSample, senior: Person) -> None:
    _review(session, sample, senior, Action.CLEAR)
    assert blind_next(session, make_moderator(session, "max", Role.SENIOR)) is None


def test_a_slip_that_was_mended_at_once_waits_for_nobody(
    session: Session, site: Site, ada: Person, senior: Person
) -> None:
    case = make_case(session, site)
    make_decision(session, case, ada)
    mended = make_decision(session, case, ada, Action.CLEAR)
    assert blind_next(session, senior) == _sample_of(session, mended).id
    assert blind_waiting(session, senior) == 1


def test_a_slip_that_was_mended_at_once_is_nobodys_to_judge(
    session: Session, site: Site, ada: Person, senior: Person
) -> None:
    case = make_case(session, site)
    slip = _sample_of(session, make_decision(session, case, ada))
    make_decision(session, case, ada, Action.CLEAR)
    with pytest.raises(NotFound):
        _review(session, slip, senior, Action.CLEAR)
    with pytest.raises(NotFound):
        quality.skip(session, slip.id, senior, "Not mine")
    with pytest.raises(NotFound):
        blind_sample(session, slip.id, senior)


# Counted.


def _counted(session: Session, sites: list[int] | None = None) -> dict[str, Any]:
    now = utcnow(session)
    return qa_agreement(session, sites, now - timedelta(hours=1), now + timedelta(hours=1))


@pytest.fixture
def judged(session: Session, site: Site, ada: Person, senior: Person) -> Site:
    """Five takedowns of Ada's: two confirmed, one for another clause, one cleared, one that nobody has looked at."""
    said: list[dict[str, Any]] = [{}, {}, {"clause": "1.2"}, {"action": Action.CLEAR}]
    for number in range(5):
        sample = _sample_of(session, make_decision(session, make_case(session, site, f"a{number}"), ada))
        if number < len(said):
            _review(session, sample, senior, **({"action": Action.TAKEDOWN} | said[number]))
    return site


def test_agreement_is_of_those_that_were_judged(session: Session, judged: Site) -> None:
    counted = _counted(session)
    assert (counted["decided"], counted["drawn"], counted["answered"]) == (5, 4, 4)
    assert (counted["overall"].n, counted["overall"].agreed, counted["overall"].in_full) == (4, 3, 2)


def test_agreement_is_told_by_moderator_and_by_clause(session: Session, judged: Site, ada: Person) -> None:
    counted = _counted(session, [judged.id])
    assert [(own["name"], own["agreement"].n) for own in counted["moderators"]] == [("Ada", 4)]
    assert [(own["clause"], own["agreement"].agreed) for own in counted["clauses"]] == [("3.2", 3)]


def test_other_sites_and_other_days_are_left_out(session: Session, judged: Site) -> None:
    other = make_site(session, "herald")
    long_ago = utcnow(session) - timedelta(days=2)
    assert _counted(session, [other.id])["overall"].n == 0
    assert qa_agreement(session, None, long_ago, long_ago + timedelta(days=1))["drawn"] == 0


def test_what_was_drawn_is_counted_after_an_hour(session: Session, sample: QaSample) -> None:
    assert _counted(session)["drawn"] == 0
    now, made = utcnow(session), session.get_one(Decision, sample.decision_id)
    copied = ("site_id", "case_id", "article_id", "revision", "case_version", "moderator_id")
    old = Decision(
        **{name: getattr(made, name) for name in copied},
        action="clear",
        supersedes_id=made.id,
        decided_at=now - timedelta(minutes=61),
    )
    session.add(old)
    session.flush()
    session.add(QaSample(decision_id=old.id, site_id=old.site_id))
    session.flush()
    assert qa_agreement(session, None, now - timedelta(hours=2), now)["drawn"] == 1


def test_a_slip_that_was_mended_at_once_is_not_counted_as_drawn(session: Session, site: Site, ada: Person) -> None:
    past, then = History(session, site), utcnow(session) - timedelta(hours=2)
    case = past.case("ferry", then)
    slip = past.decision(case, ada, then)
    mended = past.decision(case, ada, then + timedelta(minutes=9), "clear", supersedes_id=slip.id)
    for decision in (slip, mended):
        past.draw(decision)
    counted = qa_agreement(session, None, then, utcnow(session))
    assert (counted["decided"], counted["drawn"]) == (2, 1)


def test_a_slip_that_was_judged_before_it_was_mended_is_not_counted_either(
    session: Session, site: Site, ada: Person, senior: Person
) -> None:
    case = make_case(session, site)
    _review(session, _sample_of(session, make_decision(session, case, ada)), senior, Action.CLEAR)
    before, hour = _counted(session), timedelta(hours=1)
    make_decision(session, case, ada, Action.CLEAR)
    counted = _counted(session)
    assert (before["answered"], before["overall"].n) == (1, 1)
    assert (counted["drawn"], counted["answered"], counted["overall"].n) == (0, 0, 0)
    assert qa_differences(session, None, utcnow(session) - hour, utcnow(session) + hour) == []
