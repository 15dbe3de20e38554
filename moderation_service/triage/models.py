"""What is known of reporters, what each site's decisions have taught, and the rules with all they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Identity, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base
from moderation_service.runs import Run


class Reporter(Base):
    """What is known of one reader of one site: the verdicts on his voices, and his standing.

    `reporter` is the keyed hash that his flags carry; `pending` counts his voices in open cases. `account_since` is
    when his account was made, if the site says so; `first_flag_at` is empty for who was trusted before he flagged.
    `muted` is asked (by a rule, until a person confirms) or confirmed; either way his voice weighs nothing, from
    `muted_at` on. A barred reader's voice still counts, but cannot help to hide an article. `note` is what the person
    said who changed his standing last.
    """

    __tablename__ = "reporters"
    __table_args__ = (
        CheckConstraint("muted IN ('asked', 'confirmed')", name="muted"),
        Index("ix_reporters_muted", "reporter", postgresql_where=text("muted IS NOT NULL")),
        Index("ix_reporters_trusted", "reporter", postgresql_where=text("trusted")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    reporter: Mapped[bytes] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(Integer)
    account_since: Mapped[datetime | None]
    first_flag_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    upheld: Mapped[int] = mapped_column(Integer, server_default="0")
    rejected: Mapped[int] = mapped_column(Integer, server_default="0")
    pending: Mapped[int] = mapped_column(Integer, server_default="0")
    trusted: Mapped[bool] = mapped_column(server_default=text("false"))
    muted: Mapped[str | None] = mapped_column(Text)
    muted_by_version: Mapped[int | None]
    muted_at: Mapped[datetime | None]
    barred_until: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    noted_by: Mapped[str | None] = mapped_column(Text)
    noted_at: Mapped[datetime | None]


class Voice(Base):
    """One reader's voice in one case, however many parts he flagged: what it weighs, and what became of it.

    `standing` is pending, upheld, rejected, withdrawn, or late (given after the case was decided, so never judged).
    """

    __tablename__ = "voices"
    __table_args__ = (
        CheckConstraint("standing IN ('pending', 'upheld', 'rejected', 'withdrawn', 'late')", name="standing"),
        # Two, so that a new voice enters one only, and a reader's waiting voices stand together.
        Index("ix_voices_pending", "reporter", "case_id", postgresql_where=text("standing = 'pending'")),
        Index("ix_voices_judged", "reporter", "case_id", postgresql_where=text("standing <> 'pending'")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reporter: Mapped[bytes] = mapped_column(primary_key=True)
    weight: Mapped[float] = mapped_column(Float, server_default="0")
    standing: Mapped[str] = mapped_column(Text, server_default="pending")


class UnsettledCase(Base):
    """That the voices of a case must be judged anew: decided, overruled, or a flag was taken back. A queue of work.

    A case may stand here twice: whoever decides it does not wait for the worker who judges an earlier verdict.
    """

    __tablename__ = "unsettled_cases"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    case_id: Mapped[int]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class SiteTerms(Base):
    """What a site's decisions have taught (`learned`), and what its cases are scored by (`in_force`).

    The refresh puts the one into the place of the other and scores all open cases anew, a part at a time;
    `refreshed_up_to` is the case it came to.
    """

    __tablename__ = "site_terms"

    site_id: Mapped[int] = mapped_column(Integer, ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    learned: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    in_force: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    adopted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    refreshed_up_to: Mapped[int] = mapped_column(server_default="0")


class Rule(Base):
    """A rule's name and place; what it says is in its versions. Rules run in the order of `position`."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("site_id", "name", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    site_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RuleVersion(Base):
    """What a rule said from one change to the next, in which mode, by whom and why. Append-only; the newest holds.

    `agreed_by` is the second person, where one had to agree that it goes live.
    """

    __tablename__ = "rule_versions"
    __table_args__ = (
        UniqueConstraint("rule_id", "number"),
        CheckConstraint("mode IN ('draft', 'shadow', 'live', 'retired')", name="mode"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    rule_id: Mapped[int] = mapped_column(Integer, ForeignKey("rules.id"))
    number: Mapped[int] = mapped_column(Integer)
    mode: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    author: Mapped[str] = mapped_column(Text)
    because: Mapped[str] = mapped_column(Text)
    agreed_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RuleRequest(Base):
    """That somebody wants a rule's version live, on a site where a second person has to agree."""

    __tablename__ = "rule_requests"

    rule_id: Mapped[int] = mapped_column(Integer, ForeignKey("rules.id"), primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_versions.id"))
    author: Mapped[str] = mapped_column(Text)
    because: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RuleFiring(Base):
    """That a rule's version fired on a case: on which facts, and what it did, or in shadow would have done.

    The constraint makes it once, however many workers look at the case; what a live version only recorded, because
    actions were switched off, becomes a live firing when it may act. `facts` are the values each condition saw;
    `case_version` is the version the case had.
    """

    __tablename__ = "rule_firings"
    __table_args__ = (
        UniqueConstraint("version_id", "case_id"),
        CheckConstraint("mode IN ('shadow', 'live')", name="mode"),
        Index(None, "case_id"),
        Index(None, "rule_id", "fired_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    rule_id: Mapped[int] = mapped_column(Integer, ForeignKey("rules.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_versions.id"))
    site_id: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int]
    case_version: Mapped[int] = mapped_column(Integer)
    mode: Mapped[str] = mapped_column(Text)
    facts: Mapped[list[Any]] = mapped_column(JSONB)
    actions: Mapped[list[Any]] = mapped_column(JSONB)
    fired_at: Mapped[datetime] = mapped_column(server_default=func.batch_now())
    reverted_at: Mapped[datetime | None]
    reverted_by: Mapped[str | None] = mapped_column(Text)


class AutomationSwitch(Base):
    """Whether automatic actions are off, for one site or (empty) for all; rules then only record."""

    __tablename__ = "automation_switches"
    __table_args__ = (UniqueConstraint("site_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    site_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("sites.id"))
    off: Mapped[bool]
    author: Mapped[str] = mapped_column(Text)
    because: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Backtest(Run, Base):
    """A rule tried on a stretch of the past: who asked, how far it is, and what came out.

    `result` shows the first of the cases, `cases_csv` holds all of them, compressed (zlib).
    """

    __tablename__ = "backtests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'cancelled', 'failed')", name="state"),
        Index("ix_backtests_waiting", "id", postgresql_where=text("state IN ('waiting', 'running')")),
    )

    site_id: Mapped[int] = mapped_column(Integer, ForeignKey("sites.id"))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    cases_csv: Mapped[bytes | None] = mapped_column(deferred=True)
