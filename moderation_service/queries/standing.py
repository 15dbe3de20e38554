"""Where a flag stands: as its site may ask, and as whoever holds its receipt may read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from moderation_service.intake.models import Flag
from moderation_service.intake.service import by_receipt
from moderation_service.notifications.standing import Standing, standing_of


def flag_standing(session: Session, site_id: int, receipt: UUID) -> dict[str, Any]:
    """The state of a site's flag.

    Raises:
        NotFound: the site has no flag of this receipt.
    """
    return told_of(session, by_receipt(session, site_id, receipt))


def told_of(session: Session, flag: Flag) -> dict[str, Any]:
    """The state of a flag, as its site may ask."""
    standing = standing_of(session, flag)
    return {
        "receipt": str(standing.receipt),
        "status": standing.state,
        "received_at": standing.received_at,
        "applied_at": standing.verdict and standing.verdict.applied_at,
    }


def receipt_standing(session: Session, receipt: UUID) -> Standing:
    """What became of the flag of a receipt.

    Raises:
        NotFound: there is no such receipt.
    """
    return standing_of(session, by_receipt(session, None, receipt))
