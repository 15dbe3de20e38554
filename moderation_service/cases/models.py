"""Cases: what people still have to look at, who holds each, and what happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Integer, SmallInteger, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


class Case(Base):
    """All that readers say against one article until somebody decides; at most one is open for an article.

    `version` moves whenever something changes that a decider has to know: an escalation, a reason not given before,
    a decision. A further flag for a known reason does not move it, so a story under a storm of flags can be decided.
    `priority` is computed by the database from its parts (see `triage.priority`), so it cannot drift from them.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("needs_role IN ('moderator', 'senior', 'admin')", name="needs_role"),
        Index("uq_cases_open_article", "article_id", unique=True, postgresql_where=text("state = 'open'")),
        # Each matches one ORDER BY exactly; a page of the queue is a walk along the index. The priority is negated
        # so that all columns run one way: "what comes after this row" is then one comparison of rows.
        Index("ix_cases_queue", text("(- priority)"), "opened_at", "id", postgresql_where=text("state = 'open'")),
        Index(
            "ix_cases_site_queue",
            "site_id",
            text("(- priority)"),
            "opened_at",
            "id",
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "article_id", "id"),
        Index(
            "ix_cases_closed",
            text("closed_at DESC"),
            text("id DESC"),
            postgresql_where=text("state = 'closed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    state: Mapped[str] = mapped_column(Text, server_default="open")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    severity: Mapped[int] = mapped_column(SmallInteger)
    escalation: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    priority: Mapped[int] = mapped_column(Integer, Computed("escalation * 100 + severity * 10", persisted=True))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    needs_role: Mapped[str] = mapped_column(Text, server_default="moderator")
    decided_revision: Mapped[int | None] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]


class Claim(Base):
    """A lease on a case; the primary key makes it exclusive, `expires_at` makes it end by itself."""

    __tablename__ = "claims"
    __table_args__ = (Index(None, "moderator_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class CaseEvent(Base):
    """What happened to a case, in order; `case_version` is the version it led to. Append-only."""

    __tablename__ = "case_events"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    case_version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    actor: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
