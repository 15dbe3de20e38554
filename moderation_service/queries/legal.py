"""Legal notices: where one stands, and what moderators have to know of those that flags of a case came with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.intake import legal
from moderation_service.intake.models import LegalNotice, LegalNoticeFlag, LegalNoticeName
from moderation_service.notifications.standing import Standing, standing_of
from moderation_service.queries.standing import told_of
from moderation_service.sites.models import Site


def notice_standing(session: Session, site_id: int, receipt: UUID) -> dict[str, Any]:
    """The state of a site's legal notice, item by item.

    Raises:
        NotFound: the site has no notice of this receipt.
    """
    notice = legal.by_receipt(session, site_id, receipt)
    return {
        "receipt": str(notice.receipt),
        "received_at": notice.received_at,
        "missing": notice.missing,
        "items": [told_of(session, flag) for flag in legal.flags_of(session, notice)],
    }


@dataclass(frozen=True, slots=True)
class NoticeStanding:
    """A legal notice as whoever holds its receipt may read it; `named` says that we know something of who gave it."""

    receipt: UUID
    site: str
    site_url: str
    received_at: datetime
    missing: Sequence[str]
    explanation: str | None
    named: bool
    erased: bool
    items: Sequence[Standing]


def notice_receipt(session: Session, receipt: UUID) -> NoticeStanding | None:
    """What became of the legal notice of a receipt; None where it is not one's."""
    notice = legal.known_by(session, None, receipt)
    if notice is None:
        return None
    items = [standing_of(session, flag) for flag in legal.flags_of(session, notice)]
    name, site = legal.name_of(session, notice), session.get_one(Site, notice.site_id)
    return NoticeStanding(
        receipt=receipt,
        site=site.name,
        site_url=site.url,
        received_at=notice.received_at,
        missing=notice.missing,
        explanation=items[0].comment,  # the same with each
        named=bool(name and name.name) or any(item.email for item in items),
        erased=bool(name and name.erased_at) or any(item.erased_at for item in items),
        items=items,
    )


def notices_of(session: Session, flag_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By flag, the notice it is an item of: who gave it, as far as he said and it is kept, and what it lacks.

    Its receipt is left out: whoever has that may withdraw.
    """
    if not flag_ids:
        return {}
    found = session.execute(
        select(LegalNoticeFlag.flag_id, LegalNotice, LegalNoticeName.name, LegalNoticeName.erased_at)
        .join(LegalNotice, LegalNotice.id == LegalNoticeFlag.notice_id)
        .outerjoin(LegalNoticeName, LegalNoticeName.notice_id == LegalNotice.id)
        .where(LegalNoticeFlag.flag_id.in_(flag_ids))
    )
    return {
        flag_id: {
            "notice": notice.id,
            "name": name,
            "name_erased_at": erased_at,
            "good_faith": notice.good_faith,
            "missing": notice.missing,
        }
        for flag_id, notice, name, erased_at in found
    }
