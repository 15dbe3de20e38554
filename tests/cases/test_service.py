"""Cases: closed, handed up, noted; and their history."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.errors import Conflict, Forbidden, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.people import Person
from moderation_service.triage.priority import Escalation
from tests.factories import LEASE, make_case, make_decision, make_moderator, make_site


@pytest.fixture
def case(session: Session) -> Case:
    return make_case(session, make_site(session))


def test_there_is_no_case_of_an_unknown_number(session: Session) -> None:
    with pytest.raises(NotFound):
        cases.lock(session, 1)


def test_the_database_itself_allows_one_open_case_per_article(session: Session, case: Case) -> None:
    columns = "site_id, article_id, severity, reasons"
    copy = text(f"INSERT INTO cases ({columns}) SELECT {columns} FROM cases")
    with pytest.raises(IntegrityError, match="uq_cases_open_article"), session.begin_nested():
        session.execute(copy)


def test_a_closed_case_is_at_a_new_version_and_knows_the_revision(session: Session, case: Case) -> None:
    cases.close(session, case, revision=3)
    session.refresh(case)
    assert (case.state, case.version, case.decided_revision) == ("closed", 2, 3)
    assert case.closed_at is not None


def test_a_case_decided_anew_on_an_older_revision_still_answers_for_the_newer(session: Session, case: Case) -> None:
    cases.close(session, case, revision=3)
    cases.close(session, case, revision=2)
    assert case.decided_revision == 3


def test_a_moderator_hands_a_case_up_and_lets_go_of_it(session: Session, case: Case, ada: Person) -> None:
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.escalate(session, case.id, ada, "beyond me")
    assert (case.needs_role, case.escalation, case.version) == (Role.SENIOR, Escalation.MODERATOR, 2)
    assert claims.holder(session, case.id) is None
    assert claims.claim_next(session, ada, lease=LEASE) is None


def test_only_who_holds_a_case_hands_it_up(session: Session, case: Case, ada: Person) -> None:
    with pytest.raises(Forbidden, match="Claim this case first"):
        pipeline.escalate(session, case.id, ada, "beyond me")


def test_handing_up_does_not_lower_danger_to_life(session: Session, case: Case, ada: Person) -> None:
    case.escalation = Escalation.DANGER_TO_LIFE
    cases.escalate(session, case, actor=ada.actor, note="")
    assert case.escalation == Escalation.DANGER_TO_LIFE


def test_a_decided_case_is_not_handed_up(session: Session, case: Case, ada: Person) -> None:
    cases.close(session, case, revision=1)
    with pytest.raises(Conflict, match="decided already"):
        cases.escalate(session, case, actor=ada.actor, note="")


def test_a_note_is_kept_and_does_not_move_the_version(session: Session, case: Case, ada: Person) -> None:
    pipeline.note(session, case.id, ada, "seen this before")
    event = cases.history(session, case.id)[-1]
    assert (event.kind, event.actor, event.detail) == ("noted", ada.actor, {"note": "seen this before"})
    assert case.version == 1


def test_the_history_after_a_version_is_what_led_past_it(session: Session, case: Case, ada: Person) -> None:
    cases.note(session, case, actor=ada.actor, words="before")
    cases.escalate(session, case, actor=ada.actor, note="")
    assert [event.kind for event in cases.history(session, case.id, after_version=1)] == ["escalated"]


def test_the_history_cannot_be_rewritten(session: Session, case: Case) -> None:
    for change in ("UPDATE case_events SET kind = 'x'", "DELETE FROM case_events", "TRUNCATE case_events"):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(change))


def test_a_workers_word_on_a_case_need_not_wait_for_who_decides_it(database: Database) -> None:
    with database.transaction() as session:
        case = make_case(session, make_site(session))
    with database.transaction() as deciding, database.transaction() as working:
        cases.lock(deciding, case.id)
        working.execute(text("SET LOCAL lock_timeout = '200ms'"))
        cases.record_event(working, case, actor="system", kind="applied", detail={})


def test_a_colleague_who_may_not_overrule_does_not_hold_the_case(
    session: Session, case: Case, ada: Person, settings: Settings
) -> None:
    make_decision(session, case, ada)
    berta = make_moderator(session, "berta")
    with pytest.raises(Forbidden):
        pipeline.claim(session, case.id, berta, settings)


def test_who_is_shut_out_holds_nothing(session: Session, case: Case, ada: Person) -> None:
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.shut_out(session, people.moderator_by_name(session, ada.username), actor="test")
    assert claims.holder(session, case.id) is None
