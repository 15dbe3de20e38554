"""Flags: what readers reported, kept as it was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


class Flag(Base):
    """One reader's report of one target in one revision of an article; the constraint makes it one.

    `reporter` is a keyed hash of the site's own id for the reader, 16 bytes; `target_key` a digest of the target,
    and of the visitor where a network stands for its readers.
    `case_id` and `triaged_at` are deliberately in no index: triage fills them in place (a heap-only update).
    `reporter_since` is when the reader's account was made, if the site says so; `weight` and the fields after it are
    what triage knew of him at `triaged_at`, so that a rule can be tried on the past as it was then. `reporter_trusted`
    may stand in an index because triage writes a value that differs for hardly any of them.
    `notifier` is who reported, in the words of a transparency report: anonymous, user, trusted_flagger, authority.
    `article_id` and `site_id` are no foreign keys: the insert takes them from the articles it joins, articles are
    never deleted, and the key's check would lock one article's row for every flag of a story that goes round.
    """

    __tablename__ = "flags"
    __table_args__ = (
        UniqueConstraint("article_id", "reporter", "revision", "target_key"),
        Index(None, "article_id", "id"),
        # The same words quoted about other articles; in no flag's way that quotes none.
        Index(
            "ix_flags_quoted",
            "site_id",
            text("md5(quotation ->> 'exact')"),
            "article_id",
            postgresql_where=text("(quotation ->> 'exact') IS NOT NULL"),
        ),
        Index("ix_flags_trusted", "article_id", postgresql_where=text("reporter_trusted")),
        # What came when, and about what, without reading a flag: the numbers page.
        Index(None, "site_id", "received_at", postgresql_include=["article_id"]),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[UUID] = mapped_column(Uuid, unique=True)
    site_id: Mapped[int] = mapped_column(Integer)
    article_id: Mapped[int]
    revision: Mapped[int] = mapped_column(Integer)
    reporter: Mapped[bytes]
    target_key: Mapped[bytes]
    part: Mapped[str | None] = mapped_column(Text)
    quotation: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text, server_default="api")
    notifier: Mapped[str] = mapped_column(Text, server_default="user")
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    withdrawn_at: Mapped[datetime | None]
    reporter_since: Mapped[datetime | None]
    case_id: Mapped[int | None]
    weight: Mapped[float | None] = mapped_column(Float)
    reporter_upheld: Mapped[int | None] = mapped_column(Integer)
    reporter_rejected: Mapped[int | None] = mapped_column(Integer)
    reporter_fresh: Mapped[bool | None]
    reporter_trusted: Mapped[bool] = mapped_column(server_default=text("false"))
    reporter_muted: Mapped[bool] = mapped_column(server_default=text("false"))
    triaged_at: Mapped[datetime | None]


class FlagLife(Base):
    """What a flag was until its reader took it back and gave it again; triage then weighs it anew. For backtests.

    The columns are those of the flag as they stood at `reinstated_at`.
    """

    __tablename__ = "flag_lives"
    __table_args__ = (Index(None, "article_id"),)

    flag_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reinstated_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    article_id: Mapped[int]
    case_id: Mapped[int]
    triaged_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime]
    weight: Mapped[float | None] = mapped_column(Float)
    reporter_upheld: Mapped[int | None] = mapped_column(Integer)
    reporter_rejected: Mapped[int | None] = mapped_column(Integer)
    reporter_fresh: Mapped[bool | None]
    reporter_trusted: Mapped[bool | None]
    reporter_muted: Mapped[bool]


class FlagContact(Base):
    """How to answer a reader who asked for it; apart from the flag, so that it can be erased alone.

    `told_at` is when he was written to last, `told_decision_id` the decision that he was told of last; since `muted_at`
    he wants no letters about this flag.
    """

    __tablename__ = "flag_contacts"

    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id"), primary_key=True, autoincrement=False)
    email: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_decision_id: Mapped[int | None]
    muted_at: Mapped[datetime | None]


class FlagOrigin(Base):
    """Where a flag came from that another network sent; its `channel` says which one."""

    __tablename__ = "flag_origins"

    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id"), primary_key=True, autoincrement=False)
    host: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]]


class LegalNotice(Base):
    """A notice that something is illegal (Digital Services Act, Article 16); its items are flags, and say why.

    `missing` is what it lacked of that which the article asks for, by the names of the API's fields.
    """

    __tablename__ = "legal_notices"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    receipt: Mapped[UUID] = mapped_column(Uuid, unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    good_faith: Mapped[bool]
    missing: Mapped[list[str]] = mapped_column(ARRAY(Text))
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class LegalNoticeFlag(Base):
    """An item of a legal notice."""

    __tablename__ = "legal_notice_flags"

    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id"), primary_key=True, autoincrement=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("legal_notices.id"), index=True)


class LegalNoticeName(Base):
    """Who gave a legal notice, as far as he said; apart from the notice, so that it can be erased alone."""

    __tablename__ = "legal_notice_names"

    notice_id: Mapped[int] = mapped_column(ForeignKey("legal_notices.id"), primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None]


class UntriagedFlag(Base):
    """A flag that triage has not seen: the queue of record, written with the flag and deleted by triage."""

    __tablename__ = "untriaged_flags"
    __table_args__ = (
        {"postgresql_with": {"autovacuum_vacuum_scale_factor": "0", "autovacuum_vacuum_threshold": "20000"}},
    )

    flag_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received_at: Mapped[datetime]


class IdempotencyKey(Base):
    """The answer that was given for an Idempotency-Key; forgotten after a day."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at", postgresql_using="brin"),)

    site_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key_digest: Mapped[bytes] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    flag_id: Mapped[int]
    status: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
