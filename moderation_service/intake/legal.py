"""Notices that something is illegal, as Article 16 of the Digital Services Act has it: several items, one receipt.

Each item is a flag as any other, in the channel `legal`; the notice holds them together, says whether it was given in
good faith and what it lacks, and keeps its notifier's name apart, so that it can be erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles.addresses import normal
from moderation_service.audit import service as audit
from moderation_service.db import attempt
from moderation_service.errors import Invalid, NotFound, SeveralInvalid
from moderation_service.intake.idempotency import recall, remember
from moderation_service.intake.models import Flag, LegalNotice, LegalNoticeFlag, LegalNoticeName
from moderation_service.intake.record import record_one
from moderation_service.intake.submission import Recorded, Submission
from moderation_service.policy.readers import NAMELESS

CHANNEL = "legal"
ITEMS_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A notice, ready to be recorded; `items` are its flags, each told apart from ordinary ones by `receipt`.

    `idempotency_key` and `request` are digests, as a submission's; each item has a key of its own beside it.
    """

    site_id: int
    receipt: UUID
    items: Sequence[Submission]
    name: str | None
    good_faith: bool
    missing: Sequence[str]
    idempotency_key: bytes | None = None
    request: bytes = b""


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a notice, and of each of its items in their order; an error stands for one that was refused."""

    receipt: UUID
    received_at: datetime
    missing: Sequence[str]
    items: Sequence[Recorded | Invalid]


def missing_from(given: Mapping[str, object], reason: str) -> list[str]:
    """What a notice lacks of that which Article 16(2) has a provider enable; it is taken all the same.

    That it must not be refused for it follows from "enable" in that paragraph, and from recital 50.
    """
    asked = ["explanation", "good_faith"] if reason in NAMELESS else ["explanation", "name", "email", "good_faith"]
    return [name for name in asked if not given.get(name)]


def file(session: Session, filing: Filing) -> Filed:
    """Record a notice with all of its items that can be; sent again under its Idempotency-Key, it is found.

    Raises:
        SeveralInvalid: none of its items can be.
        StillRunning, IdempotencyMismatch, Conflict: as `record_one`.
    """
    earlier = recall(session, filing)
    items = _recorded(session, filing.items)
    recorded = [item for item in items if isinstance(item, Recorded)]
    if not recorded:
        raise SeveralInvalid([_of_item(place, item) for place, item in enumerate(items) if isinstance(item, Invalid)])
    if earlier is None:
        remember(session, filing, recorded[0])
    of_items = Flag.receipt.in_([item.receipt for item in recorded])
    flags = session.scalars(select(Flag.id).where(of_items).order_by(Flag.id)).all()
    notice = _known(session, flags) or _add(session, filing, flags)
    links = insert(LegalNoticeFlag).values([{"flag_id": flag, "notice_id": notice.id} for flag in flags])
    session.execute(links.on_conflict_do_nothing())
    return Filed(notice.receipt, notice.received_at, notice.missing, items)


def _recorded(session: Session, items: Sequence[Submission]) -> list[Recorded | Invalid]:
    """Each item's answer. They are recorded in one order everywhere, so that no two notices wait for each other."""
    answers: dict[int, Recorded | Invalid] = {}
    for place in sorted(range(len(items)), key=lambda at: (items[at].external_id or "", normal(items[at].url or ""))):
        try:
            with attempt(session):
                answers[place] = record_one(session, items[place])
        except Invalid as error:
            answers[place] = error
    return [answers[place] for place in range(len(items))]


def _of_item(place: int, error: Invalid) -> Invalid:
    return Invalid(error.message, field=f"items.{place}.{error.field}")


def _known(session: Session, flags: Sequence[int]) -> LegalNotice | None:
    """The notice that these flags were given with, be it by an earlier request; None where there is none yet."""
    of_flags = LegalNoticeFlag.flag_id.in_(flags)
    return session.scalar(select(LegalNotice).join(LegalNoticeFlag).where(of_flags).limit(1))


def _add(session: Session, filing: Filing, flags: Sequence[int]) -> LegalNotice:
    notice = LegalNotice(
        receipt=filing.receipt,
        site_id=filing.site_id,
        good_faith=filing.good_faith,
        missing=list(filing.missing),
    )
    session.add(notice)
    session.flush()
    if filing.name:
        session.add(LegalNoticeName(notice_id=notice.id, name=filing.name))
    told = {"good_faith": notice.good_faith, "missing": notice.missing, "flags": list(flags)}
    audit.append(
        session,
        actor="reporter",
        action="legal_notice.received",
        subject=f"legal_notice:{notice.id}",
        site_id=notice.site_id,
        after=told,
        detail=told,
    )
    return notice


def known_by(session: Session, site_id: int | None, receipt: UUID) -> LegalNotice | None:
    """The notice of that receipt, of a site or (None) of any; None where there is none."""
    query = select(LegalNotice).where(LegalNotice.receipt == receipt)
    return session.scalar(query if site_id is None else query.where(LegalNotice.site_id == site_id))


def by_receipt(session: Session, site_id: int | None, receipt: UUID) -> LegalNotice:
    """The same.

    Raises:
        NotFound: there is none.
    """
    notice = known_by(session, site_id, receipt)
    if notice is None:
        raise NotFound("There is no legal notice with this receipt")
    return notice


def flags_of(session: Session, notice: LegalNotice) -> Sequence[Flag]:
    """The items of a notice, in the order in which they were given: that of their receipts."""
    return session.scalars(
        select(Flag)
        .join(LegalNoticeFlag, LegalNoticeFlag.flag_id == Flag.id)
        .where(LegalNoticeFlag.notice_id == notice.id)
        .order_by(Flag.receipt)
    ).all()


def number_of(session: Session, notice: LegalNotice, flag: Flag) -> tuple[int, int]:
    """Which of a notice's items a flag is, counted from 1 as in `flags_of`, and how many there are."""
    items = select(Flag.receipt).join(LegalNoticeFlag, LegalNoticeFlag.flag_id == Flag.id)
    receipts = items.where(LegalNoticeFlag.notice_id == notice.id).subquery().c.receipt
    number, count = session.execute(select(func.count().filter(receipts <= flag.receipt), func.count(receipts))).one()
    return number, count


def notice_of(session: Session, flag: Flag) -> LegalNotice | None:
    """The notice that a flag is an item of; None for any other flag."""
    return _known(session, [flag.id]) if flag.channel == CHANNEL else None


def name_of(session: Session, notice: LegalNotice) -> LegalNoticeName | None:
    """Who gave a notice, as far as he said."""
    return session.get(LegalNoticeName, notice.id)


def erase_name(session: Session, notice: LegalNotice) -> None:
    """Forget who gave a notice; doing it again changes nothing."""
    erased = session.scalar(
        update(LegalNoticeName)
        .where(LegalNoticeName.notice_id == notice.id, LegalNoticeName.name.is_not(None))
        .values(name=None, erased_at=func.clock_timestamp())
        .returning(LegalNoticeName.notice_id)
    )
    if erased is not None:
        audit.append(
            session,
            actor="reporter",
            action="legal_notice.name_erased",
            subject=f"legal_notice:{notice.id}",
            site_id=notice.site_id,
        )
