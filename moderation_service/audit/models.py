"""The audit trail's tables: lanes, each a chain of hashes, and their entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, SmallInteger, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


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
        Index(None, "site_id", "id"),
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
