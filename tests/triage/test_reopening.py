"""What opens a decided article again, and what does not however often it comes."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.intake.legal import CHANNEL as LEGAL
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import (
    make_article,
    make_case,
    make_content,
    make_decision,
    make_flag,
    make_moderator,
    triaged,
)

NUMBERS = count()


@pytest.fixture
def person(session: Session) -> Person:
    return make_moderator(session)


def _two_flag(session: Session, site: Site, reason: str, **changes: Any) -> Case:
    """The case of two readers whom nobody knows, together enough to open an article again."""
    make_case(session, site, reporter=f"n{next(NUMBERS)}", reason=reason, **changes)
    return make_case(session, site, reporter=f"n{next(NUMBERS)}", reason=reason, **changes)


def _clear(session: Session, case: Case, person: Person, **changes: Any) -> Case:
    make_decision(session, case, person, Action.CLEAR, **changes)
    return cases.lock(session, case.id)


def _twice_cleared(session: Session, site: Site, person: Person) -> list[Case]:
    """The cases of an article that was cleared of one reason, and then of another."""
    return [_clear(session, _two_flag(session, site, reason), person) for reason in ("misleading", "spam")]


def _mute(session: Session) -> None:
    session.execute(text("UPDATE reporters SET muted = 'confirmed'"))


@pytest.mark.parametrize("reason", ["misleading", "spam"])
def test_reasons_that_were_both_answered_open_nothing_in_turn(
    session: Session, site: Site, person: Person, reason: str
) -> None:
    _, newest = _twice_cleared(session, site, person)
    again = _two_flag(session, site, reason)
    assert (again.id, again.state) == (newest.id, "closed")


def test_a_reason_that_no_case_answered_opens_another(session: Session, site: Site, person: Person) -> None:
    answered = [case.id for case in _twice_cleared(session, site, person)]
    again = _two_flag(session, site, "hate")
    assert (again.id in answered, again.state, again.reasons) == (False, "open", ["hate"])


def test_who_was_heard_in_the_older_case_brings_no_new_weight(session: Session, site: Site, person: Person) -> None:
    for reporter in ("a", "b"):
        first = make_case(session, site, reporter=reporter)
    _clear(session, first, person)
    newest = _clear(session, _two_flag(session, site, "spam"), person)
    for reporter in ("a", "b"):
        again = make_case(session, site, reporter=reporter, reason="hate", target=Target("p1"))
    assert again.id == newest.id


def test_what_was_answered_of_an_older_revision_is_not_answered_of_a_newer(
    session: Session, site: Site, person: Person
) -> None:
    _clear(session, _two_flag(session, site, "misleading"), person)
    make_article(session, site, content=make_content("Now it says something else."))
    second = _clear(session, _two_flag(session, site, "spam", revision=2), person, revision=2)
    again = _two_flag(session, site, "misleading", revision=2)
    assert (again.state, again.id > second.id) == ("open", True)


def test_a_flag_for_the_older_revision_is_answered_by_both(session: Session, site: Site, person: Person) -> None:
    _clear(session, _two_flag(session, site, "misleading"), person)
    make_article(session, site, content=make_content("Now it says something else."))
    second = _clear(session, _two_flag(session, site, "spam", revision=2), person, revision=2)
    assert _two_flag(session, site, "misleading", revision=1).id == second.id


@pytest.mark.parametrize("reason", ["hate", "terrorism", "danger_to_life"])
def test_a_muted_reader_opens_nothing_by_any_reason(session: Session, site: Site, person: Person, reason: str) -> None:
    cleared = _clear(session, make_case(session, site), person)
    make_case(session, site, "other", reporter="troll")
    _mute(session)
    assert make_case(session, site, reporter="troll", reason=reason).id == cleared.id


def test_another_reader_with_a_muted_one_s_reason_opens_it(session: Session, site: Site, person: Person) -> None:
    cleared = _clear(session, make_case(session, site), person)
    make_case(session, site, "other", reporter="troll")
    _mute(session)
    muted = make_flag(session, site, reporter="troll", reason="terrorism")
    assert triaged(session, muted).id == cleared.id
    make_case(session, site, reporter="b", reason="terrorism")
    assert session.scalars(
        select(Case.reasons).where(Case.article_id == cleared.article_id, Case.state == "open")
    ).all()


def test_who_was_heard_is_heard_again_by_a_reason_that_cannot_wait(
    session: Session, site: Site, person: Person
) -> None:
    cleared = _clear(session, make_case(session, site, reporter="a"), person)
    assert make_case(session, site, reporter="a", reason="terrorism", target=Target("p1")).id != cleared.id


@pytest.mark.parametrize("reason", ["misleading", "hate"])
def test_a_legal_notice_opens_it_whatever_was_decided(
    session: Session, site: Site, person: Person, reason: str
) -> None:
    cleared = _clear(session, make_case(session, site, reporter="a"), person)
    again = make_case(session, site, reporter="b", reason=reason, channel=LEGAL)
    assert (again.id != cleared.id, again.state, again.reasons) == (True, "open", [reason])


def test_a_muted_reader_opens_nothing_by_a_legal_notice(session: Session, site: Site, person: Person) -> None:
    cleared = _clear(session, make_case(session, site), person)
    make_case(session, site, "other", reporter="troll")
    _mute(session)
    assert make_case(session, site, reporter="troll", channel=LEGAL).id == cleared.id
