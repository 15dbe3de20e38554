"""Where a flag stands, as its reporter is told: nothing in it says what others did."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from moderation_service.decisions.effect import flag_outcome
from moderation_service.decisions.models import Decision
from moderation_service.decisions.service import latest, repeated
from moderation_service.enforcement.service import order_of
from moderation_service.intake.models import Flag
from moderation_service.intake.service import by_receipt, state_of


def flag_standing(session: Session, site_id: int, receipt: UUID) -> dict[str, Any]:
    """The state of a site's flag.

    Raises:
        NotFound: the site has no flag of this receipt.
    """
    flag = by_receipt(session, site_id, receipt)
    decision = _answer(session, flag)
    outcome = flag_outcome(decision, flag.part) if decision else None
    return {
        "receipt": str(flag.receipt),
        "status": state_of(flag, outcome=outcome),
        "received_at": flag.received_at,
        "applied_at": _applied_at(session, flag, decision),
    }


def _answer(session: Session, flag: Flag) -> Decision | None:
    """The decision on a flag's case; where a rule closed that as a repeat, the decision that it repeats."""
    if flag.case_id is None:
        return None
    return latest(session, flag.case_id) or repeated(session, flag.case_id)


def _applied_at(session: Session, flag: Flag, decision: Decision | None) -> Any:
    """When the store was seen to obey; a flag that was not upheld has nothing to wait for."""
    if decision is None or flag_outcome(decision, flag.part) != "upheld":
        return None
    order = order_of(session, flag.article_id)
    return order.applied_at if order and order.applied_version == order.wanted_version else None
