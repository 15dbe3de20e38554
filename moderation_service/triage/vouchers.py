"""Who vouches for a case: the readers on whose records it depends whether its article may be hidden."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation_service.triage.models import Reporter, Voice
from moderation_service.triage.order import HIDE_VOUCHERS, VOUCHER_MARGIN, Voucher

_BARRED = or_(func.coalesce(Reporter.barred_until > func.now(), False), Reporter.muted.is_not(None))


def vouchers(session: Session, case_id: int) -> list[Voucher]:
    """The readers with a waiting voice in a case who were ever right; who never was vouches for nothing.

    A muted reader is barred like one who helped to hide what was then cleared: who counts for nothing hides nothing.
    """
    rows = session.execute(
        select(Reporter.upheld, Reporter.rejected, _BARRED)
        .join(Voice, Voice.reporter == Reporter.reporter)
        .where(Voice.case_id == case_id, Voice.standing == "pending", Reporter.upheld > 0)
        .order_by(Reporter.upheld.desc(), Reporter.rejected, Reporter.reporter)
    )
    return [Voucher(upheld, rejected, is_barred) for upheld, rejected, is_barred in rows]


def enough_vouch(case_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition that as many readers vouch for a case as hiding takes: `may_hide`, for a query of many cases."""
    return (
        select(literal(1))
        .join_from(Voice, Reporter, Reporter.reporter == Voice.reporter)
        .where(Voice.case_id == case_id, Voice.standing == "pending", ~_BARRED)
        .where(Reporter.upheld >= VOUCHER_MARGIN * (Reporter.rejected + 1))
        .offset(HIDE_VOUCHERS - 1)
        .exists()
    )
