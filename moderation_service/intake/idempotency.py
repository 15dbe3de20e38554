"""What was answered under an Idempotency-Key: one request each, whether it made a flag or a notice of several."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.errors import IdempotencyMismatch, StillRunning
from moderation_service.intake.models import Flag, IdempotencyKey, LegalNotice, LegalNoticeFlag
from moderation_service.intake.submission import Recorded


class Keyed(Protocol):
    """What came under a key, which is None where there was none; `request` is the digest of all that was sent."""

    @property
    def site_id(self) -> int: ...
    @property
    def idempotency_key(self) -> bytes | None: ...
    @property
    def request(self) -> bytes: ...


def recall(session: Session, sent: Keyed) -> Recorded | None:
    """The answer that this request had before; None where it is the first with its key, or has none.

    Raises:
        StillRunning: the first request with this Idempotency-Key has not ended.
        IdempotencyMismatch: the key came with another request before.
    """
    key = sent.idempotency_key
    if key is None:
        return None
    lock = int.from_bytes(key[:8], "big", signed=True)
    if not session.execute(select(func.pg_try_advisory_xact_lock(lock))).scalar_one():
        raise StillRunning("The first request with this Idempotency-Key is still running")
    row = session.execute(
        select(IdempotencyKey.fingerprint, IdempotencyKey.status, Flag.receipt, Flag.received_at)
        .join(Flag, Flag.id == IdempotencyKey.flag_id)
        .where(IdempotencyKey.site_id == sent.site_id, IdempotencyKey.key_digest == key)
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != sent.request:
        raise IdempotencyMismatch("This Idempotency-Key was used with another request")
    return Recorded(row.receipt, row.received_at, row.status)


def remember(session: Session, sent: Keyed, recorded: Recorded) -> None:
    """Keep the answer to the first request with its key; of a notice, that to the first of its items."""
    if sent.idempotency_key is None:
        return
    flag_id = select(Flag.id).where(Flag.receipt == recorded.receipt).scalar_subquery()
    session.execute(
        insert(IdempotencyKey).values(
            site_id=sent.site_id,
            key_digest=sent.idempotency_key,
            fingerprint=sent.request,
            flag_id=flag_id,
            status=recorded.status,
        )
    )


def receipt_under(session: Session, sent: Keyed) -> UUID:
    """The receipt of what came first under the key of this request, which is a notice's where it was one."""
    return session.scalars(
        select(func.coalesce(LegalNotice.receipt, Flag.receipt))
        .select_from(IdempotencyKey)
        .join(Flag, Flag.id == IdempotencyKey.flag_id)
        .outerjoin(LegalNoticeFlag, LegalNoticeFlag.flag_id == Flag.id)
        .outerjoin(LegalNotice, LegalNotice.id == LegalNoticeFlag.notice_id)
        .where(IdempotencyKey.site_id == sent.site_id, IdempotencyKey.key_digest == sent.idempotency_key)
    ).one()
