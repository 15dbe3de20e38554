"""Cases: what people still have to look at, who holds each, and what happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Identity, Index, Integer, SmallInteger, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base

MAIN_QUEUE = "main"
# The order of the queue, as columns of an index and as the terms of an ORDER BY.
ORDER = (text("(- escalation)"), text("(- urgency)"), "opened_at", "id")


class Case(Base):
    """All that readers say against one article until somebody decides; at most one is open for an article.

    `version` moves whenever something changes that a decider has to know: an escalation, a reason not given before,
    a decision. A further flag for a known reason does not move it, so a story under a storm of flags can be decided.
    The queue runs by `escalation`, the lane, and in each lane by `urgency` (see `triage.order`), whose terms stand
    beside it as they were at `scored_at`: `weight` in log odds, `voices` readers, `chance` of being upheld, `views` so
    far and `velocity` in views per hour (empty where the site reports none), `reach` in views still to come.
    `escalation_before` is the lane that a case had before there were rules; no rule takes it from it.
    `severity` is that of the reasons, `severity_set` that which a rule puts in its place. `hidden_at` is when the
    article was hidden until it is reviewed. `closed_as` says what closed a case that no decision closed.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("needs_role IN ('moderator', 'senior', 'admin')", name="needs_role"),
        Index("uq_cases_open_article", "article_id", unique=True, postgresql_where=text("state = 'open'")),
        # Each matches one ORDER BY exactly; a page of the queue is a walk along the index. Urgency is negated
        # so that all columns run one way: "what comes after this row" is then one comparison of rows.
        Index("ix_cases_queue", *ORDER, postgresql_where=text("state = 'open'")),
        Index("ix_cases_site_queue", "site_id", *ORDER, postgresql_where=text("state = 'open'")),
        Index("ix_cases_named_queue", "queue", *ORDER, postgresql_where=text("state = 'open' AND queue <> 'main'")),
        # The oldest first, on one site and on all; and the walk of the refresh.
        Index("ix_cases_oldest", "id", postgresql_where=text("state = 'open'")),
        Index("ix_cases_site_oldest", "site_id", "id", postgresql_where=text("state = 'open'")),
        Index("ix_cases_deadline", "deadline_at", postgresql_where=text("state = 'open' AND deadline_at IS NOT NULL")),
        # Likely enough to be hidden: `triage.order.HIDE_CHANCE` must not be less.
        Index("ix_cases_likely", "id", postgresql_where=text("state = 'open' AND hidden_at IS NULL AND chance >= 0.9")),
        Index("ix_cases_hidden", "hidden_until", postgresql_where=text("state = 'open' AND hidden_at IS NOT NULL")),
        Index(None, "article_id", "id"),
        Index(
            "ix_cases_closed",
            text("closed_at DESC"),
            text("id DESC"),
            postgresql_where=text("state = 'closed'"),
        ),
        Index(
            "ix_cases_site_closed",
            "site_id",
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
    severity_set: Mapped[int | None] = mapped_column(SmallInteger)
    escalation: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    escalated_by_hand: Mapped[bool] = mapped_column(server_default=text("false"))
    escalation_before: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    queue: Mapped[str] = mapped_column(Text, server_default="main")
    weight: Mapped[float] = mapped_column(Float, server_default="0")
    voices: Mapped[int] = mapped_column(Integer, server_default="0")
    chance: Mapped[float] = mapped_column(Float, server_default="0")
    views: Mapped[int | None]
    velocity: Mapped[float | None] = mapped_column(Float)
    reach: Mapped[float] = mapped_column(Float, server_default="0")
    urgency: Mapped[float] = mapped_column(Float, server_default="0")
    scored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    needs_role: Mapped[str] = mapped_column(Text, server_default="moderator")
    needs_second: Mapped[bool] = mapped_column(server_default=text("false"))
    deadline_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_until: Mapped[datetime | None]
    closed_as: Mapped[str | None] = mapped_column(Text)
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


class CaseScore(Base):
    """The terms of a case's place in the queue as one batch of flags left them: a backtest's facts of then."""

    __tablename__ = "case_scores"
    __table_args__ = (Index("ix_case_scores_at", "at", postgresql_using="brin"),)

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    site_id: Mapped[int] = mapped_column(Integer)
    weight: Mapped[float] = mapped_column(Float)
    voices: Mapped[int] = mapped_column(Integer)
    chance: Mapped[float] = mapped_column(Float)
    views: Mapped[int | None]
    velocity: Mapped[float | None] = mapped_column(Float)
    reach: Mapped[float] = mapped_column(Float)
    severity: Mapped[int] = mapped_column(SmallInteger)
    urgency: Mapped[float] = mapped_column(Float)
    full_weight: Mapped[float] = mapped_column(Float)


class SavedView(Base):
    """A named filter of the queue: a person's own, or, where it has a site, that of all who work on it.

    `filters` are the parts of the queue page's address that leave something out.
    """

    __tablename__ = "saved_views"
    __table_args__ = (
        Index("uq_saved_views_own", "moderator_id", "name", unique=True, postgresql_where=text("site_id IS NULL")),
        Index("uq_saved_views_shared", "site_id", "name", unique=True, postgresql_where=text("site_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(Text)
    filters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FirstView(Base):
    """The view that the queue opens with, for a person who wants one."""

    __tablename__ = "first_views"

    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), primary_key=True, autoincrement=False)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_views.id", ondelete="CASCADE"), index=True)
