"""Who is judged by a verdict: whoever was heard before it, whatever he does with his flags once he knows it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases.models import Case
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from moderation_service.triage import terms as site_terms
from moderation_service.triage.models import Reporter, Voice
from moderation_service.triage.order import MOST_TAUGHT, Share
from tests.factories import make_case, make_decision, make_flag, reporter_id, settle


def _decide(session: Session, case: Case, ada: Person, action: Action = Action.CLEAR, **changes: object) -> None:
    session.refresh(case)
    make_decision(session, case, ada, action, **changes)


def _withdraw(session: Session, site: Site, name: str = "reader-1") -> None:
    """A reader takes his flag back; one given before, so that giving it again finds it."""
    pipeline.withdraw_flag(session, site.id, make_flag(session, site, reporter=name).receipt)


def _record(session: Session, site: Site, name: str = "reader-1") -> tuple[int, int, int]:
    reader = session.get_one(Reporter, reporter_id(site, name), populate_existing=True)
    return reader.upheld, reader.rejected, reader.pending


def _standing(session: Session) -> str:
    return session.scalars(select(Voice.standing)).one()


def test_who_withdraws_after_the_verdict_keeps_his_rejection(session: Session, site: Site, ada: Person) -> None:
    _decide(session, make_case(session, site), ada)
    settle(session)
    _withdraw(session, site)
    settle(session)
    assert _record(session, site) == (0, 1, 0)


def test_who_withdraws_between_the_verdict_and_its_settling_is_judged(
    session: Session, site: Site, ada: Person
) -> None:
    _decide(session, make_case(session, site), ada)
    _withdraw(session, site)
    settle(session)
    assert _record(session, site) == (0, 1, 0)


def test_who_withdraws_and_flags_again_after_the_verdict_is_judged_once(
    session: Session, site: Site, ada: Person
) -> None:
    _decide(session, make_case(session, site), ada)
    _withdraw(session, site)
    make_case(session, site)
    settle(session)
    assert _record(session, site) == (0, 1, 0)


def test_who_withdrew_before_the_verdict_is_not_judged(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    _withdraw(session, site)
    _decide(session, case, ada)
    settle(session)
    assert (_record(session, site), _standing(session)) == ((0, 0, 0), "withdrawn")


def test_a_judged_voice_follows_the_superseding_decision_though_its_flags_are_gone(
    session: Session, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    _decide(session, case, ada)
    _withdraw(session, site)
    settle(session)
    _decide(session, case, ada, Action.TAKEDOWN)
    settle(session)
    assert _record(session, site) == (1, 0, 0)


def test_an_open_case_forgets_who_withdraws(session: Session, site: Site) -> None:
    make_case(session, site)
    _withdraw(session, site)
    settle(session)
    assert (_record(session, site), _standing(session)) == ((0, 0, 0), "withdrawn")


def test_a_late_flag_withdrawn_and_given_again_earns_nothing(session: Session, site: Site, ada: Person) -> None:
    _decide(session, make_case(session, site), ada, Action.TAKEDOWN)
    settle(session)
    make_case(session, site, reporter="late")
    _withdraw(session, site, "late")
    make_flag(session, site, reporter="late")
    settle(session)
    pipeline.triage(session, limit=10)
    settle(session)
    assert _record(session, site, "late") == (0, 0, 0)


def test_a_flag_from_before_the_verdict_given_again_after_it_earns_nothing(
    session: Session, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    _withdraw(session, site)
    _decide(session, case, ada, Action.TAKEDOWN)
    make_case(session, site)
    settle(session)
    assert _record(session, site) == (0, 0, 0)


def test_who_flags_the_right_part_once_it_was_taken_down_stays_wrong(session: Session, site: Site, ada: Person) -> None:
    make_case(session, site, reporter="right", target=Target("p1"))
    case = make_case(session, site, reporter="wrong", target=Target("p2"))
    _decide(session, case, ada, Action.TAKEDOWN, parts=("p1",))
    make_case(session, site, reporter="wrong", target=Target("p1"))
    settle(session)
    assert _record(session, site, "wrong") == (0, 1, 0)


def test_who_helped_to_hide_is_barred_though_the_article_was_shown_again_before_it_was_cleared(
    session: Session, site: Site, ada: Person
) -> None:
    site.hide_pending = True
    make_case(session, site, reporter="one")
    case = make_case(session, site, reporter="two")
    session.execute(text("UPDATE reporters SET upheld = 20"))
    session.execute(text("UPDATE cases SET chance = 0.95"))
    session.expire_all()
    assert pipeline.hide_pending(session, case.id)
    assert pipeline.restore_hidden(session, case.id, "time_over")
    _decide(session, case, ada)
    settle(session)
    assert session.get_one(Reporter, reporter_id(site, "one"), populate_existing=True).barred_until is not None


def test_one_decision_teaches_no_more_than_some_voices_worth(session: Session, site: Site, ada: Person) -> None:
    make_case(session, site)
    for n in range(60):
        make_flag(session, site, reporter=f"r{n}")
    _decide(session, make_case(session, site), ada)
    settle(session)
    decided = site_terms.learned(session, site.id).cohorts[0].decided
    assert decided == pytest.approx(Share().decided + MOST_TAUGHT)
