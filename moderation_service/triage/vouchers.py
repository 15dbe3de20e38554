"""Who vouches for a case: the readers on whose records it depends whether its article may be hidden."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from moderation_service.triage.models import Reporter, Voice
from moderation_service.triage.order import Voucher


def vouchers(session: Session, case_id: int) -> list[Voucher]:
    """The readers with a waiting voice in a case who were ever right; who never was vouches for nothing.

    A muted reader is barred like one who helped to hide what was then cleared: who counts for nothing hides nothing.
    """
    barred = or_(func.coalesce(Reporter.barred_until > func.now(), False), Reporter.muted.is_not(None))
    rows = session.execute(
        select(Reporter.upheld, Reporter.rejected, barred)
        .join(Voice, Voice.reporter == Reporter.reporter)
        .where(Voice.case_id == case_id, Voice.standing == "pending", Reporter.upheld > 0)
        .order_by(Reporter.upheld.desc(), Reporter.rejected, Reporter.reporter)
    )
    return [Voucher(upheld, rejected, is_barred) for upheld, rejected, is_barred in rows]
