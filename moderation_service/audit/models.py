"""The audit trail's tables: lanes, each a chain of hashes, their entries, and the verifications of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base
from moderation_service.runs import Run


class AuditLane(Base):
    """The head of one chain; many lanes, so that transactions seldom wait for one another."""

    __tablename__ = "audit_lanes"

    lane: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(server_default="0")
    hash: Mapped[bytes]


class AuditEntry(Base):
    """One change of state; `hash` covers every other column and the hash of the entry before it in its lane."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("lane", "seq"),
        Index(None, "subject"),
        # Filters of the trail's page, whose entries come in the order of time.
        Index(None, "at", "id"),
        Index(None, "site_id", "at", "id"),
        Index(None, "actor", "at", "id"),
        Index(None, "action", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lane: Mapped[int] = mapped_column(SmallInteger)
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    site_id: Mapped[int | None]
    before_digest: Mapped[bytes | None]
    after_digest: Mapped[bytes | None]
    detail: Mapped[dict[str, Any]]
    hash: Mapped[bytes]


class Verification(Run, Base):
    """One look at the whole trail: who asked, up to which moment it reached, and what was wrong.

    `entries` are those that were read, `faults` how many findings there were, of which `findings` has the first in
    words; all three are empty until it is done.
    """

    __tablename__ = "audit_verifications"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),)

    asked_by: Mapped[str] = mapped_column(Text)
    entries: Mapped[int | None]
    until: Mapped[datetime | None]
    faults: Mapped[int | None] = mapped_column(Integer)
    findings: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
