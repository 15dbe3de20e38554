"""Decisions: what was decided, by whom, why; never edited, only superseded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


class Decision(Base):
    """One verdict on one case; `supersedes_id` being unique per case makes the verdicts of a case one line.

    The columns from `source` on are what a transparency report under the Digital Services Act asks for and cannot
    be told later: where the allegation came from, whether a machine detected or decided, and the category.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("case_id", "supersedes_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("action IN ('takedown', 'clear')", name="action"),
        CheckConstraint("ground IN ('terms', 'law')", name="ground"),
        CheckConstraint("(action = 'takedown') = (ground IS NOT NULL)", name="takedown_has_ground"),
        Index(None, "article_id", "id"),
        # What was decided lately about a category of a site.
        Index(None, "site_id", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    revision: Mapped[int] = mapped_column(Integer)
    case_version: Mapped[int] = mapped_column(Integer)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    action: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy_versions.id"))
    clause: Mapped[str | None] = mapped_column(Text)
    ground: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    source: Mapped[str] = mapped_column(Text, server_default="other_notification")
    dsa_category: Mapped[str | None] = mapped_column(Text)
    automated_detection: Mapped[bool] = mapped_column(server_default="false")
    automated_decision: Mapped[str] = mapped_column(Text, server_default="not_automated")


class Proposal(Base):
    """What the first of two persons wants decided on a case that takes both; the second one decides.

    `policy_id` is the version of the policy whose clause it cites, for the next one may say something else there.
    `because` says why it takes two; those of one `together` were sent as one verdict on several cases.
    """

    __tablename__ = "proposals"
    __table_args__ = (CheckConstraint("because IN ('rule', 'editorial', 'bulk')", name="because"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    action: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy_versions.id"))
    clause: Mapped[str | None] = mapped_column(Text)
    ground: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    proposed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    because: Mapped[str] = mapped_column(Text, server_default="rule")
    together: Mapped[UUID | None]


class QaSample(Base):
    """A decision that was drawn to be looked at by a senior; append-only."""

    __tablename__ = "qa_samples"
    __table_args__ = (Index(None, "site_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    drawn_at: Mapped[datetime] = mapped_column(server_default=func.now())


class QaReview(Base):
    """What a senior would have decided, who did not know what was; or why he would not say. Append-only evidence."""

    __tablename__ = "qa_reviews"
    __table_args__ = (
        UniqueConstraint("sample_id", "moderator_id"),
        Index("uq_qa_reviews_answer", "sample_id", unique=True, postgresql_where=text("action IS NOT NULL")),
        CheckConstraint("action IN ('takedown', 'clear')", name="action"),
        CheckConstraint("ground IN ('terms', 'law')", name="ground"),
        CheckConstraint("(action IS NULL) = (skipped_because IS NOT NULL)", name="answered_or_skipped"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("qa_samples.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    action: Mapped[str | None] = mapped_column(Text)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy_versions.id"))
    clause: Mapped[str | None] = mapped_column(Text)
    ground: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    skipped_because: Mapped[str | None] = mapped_column(Text)
    reviewed_at: Mapped[datetime] = mapped_column(server_default=func.now())
