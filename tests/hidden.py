"""An article that its readers' records allow to be hidden until it is reviewed, for the tests of that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.sites.models import Site
from moderation_service.triage.models import Reporter, Voice
from moderation_service.triage.order import HIDE_CHANCE, HIDE_VOUCHERS
from tests.factories import make_case, reporter_id

# As many as are needed, so that one less is too few.
READERS = tuple(f"reader-{n}" for n in range(HIDE_VOUCHERS))
LIKELY = (1 + HIDE_CHANCE) / 2


def make_doubtful(session: Session, site: Site, *, readers: Sequence[str] = READERS, **changes: Any) -> Case:
    """A case very likely right, by readers with good records, on a site that hides; `changes` are its flags'."""
    for reader in readers:
        case = make_case(session, site, reporter=reader, **changes)
    allow(session, case)
    return case


def allow(session: Session, case: Case) -> None:
    """Make all so that a case may hide its article: its site allows it, its readers were right before."""
    session.get_one(Site, case.site_id).hide_pending = True
    heard = select(Voice.reporter).where(Voice.case_id == case.id)
    session.execute(update(Reporter).where(Reporter.reporter.in_(heard)).values(upheld=9, rejected=1))
    session.execute(update(Case).where(Case.id == case.id).values(chance=LIKELY))
    session.refresh(case)


def set_reader(session: Session, case: Case, reader: str, **values: Any) -> None:
    """Give a reader who flagged a case another record or standing."""
    known_as = reporter_id(session.get_one(Site, case.site_id), reader)
    session.execute(update(Reporter).where(Reporter.reporter == known_as).values(**values))


def let_pass(session: Session, case: Case, hours: float) -> None:
    """Make it so that a case hid its article that much longer ago."""
    passed = timedelta(hours=hours)
    session.execute(
        update(Case)
        .where(Case.id == case.id)
        .values(hidden_at=Case.hidden_at - passed, hidden_until=Case.hidden_until - passed)
    )
    session.refresh(case)


def in_hours(hours: float) -> Any:
    """A moment from now, on the database's clock."""
    return func.now() + timedelta(hours=hours)
