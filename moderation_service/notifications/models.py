"""Notices: what somebody is to be told, over which channel, and how far that is; and whom webhooks go to."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base
from moderation_service.leases import Leased

STATES = ("pending", "sent", "dead", "held")


class Notice(Leased, Base):
    """One thing to tell one recipient: pending, sent, dead (a dead letter), or held for an endpoint that is disabled.

    `key` names its cause, so that a cause noted twice is told once. `uid` is what the outside knows it by, the same in
    each try and in no other installation. `body` are the facts; `wording` makes words of them when it is sent.
    What an endpoint is told of an event names both.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sent', 'dead', 'held')", name="state"),
        Index("ix_notices_due", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_notices_waiting", "channel", "recipient", postgresql_where=text("state = 'pending'")),
        # What went to an address that is to be forgotten.
        Index("ix_notices_mailed", "recipient", postgresql_where=text("channel = 'mail'")),
        Index("ix_notices_dead", "id", postgresql_where=text("state = 'dead'")),
        Index("ix_notices_sent", "sent_at", postgresql_where=text("state = 'sent'")),
        Index("ix_notices_endpoint", "endpoint_id", "id", postgresql_where=text("endpoint_id IS NOT NULL")),
        Index(
            "ix_notices_untaken", "endpoint_id", postgresql_where=text("endpoint_id IS NOT NULL AND state <> 'sent'")
        ),
        Index("ix_notices_event", "event_id", postgresql_where=text("event_id IS NOT NULL")),
    )

    uid: Mapped[uuid.UUID] = mapped_column(server_default=func.gen_random_uuid(), unique=True)
    channel: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    endpoint_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_events.id"))


class NoticeAttempt(Base):
    """One try to send a notice: how long it took, and what came back; `error` is empty where it was taken.

    `answer` is the beginning of what the other side said, with nothing in it that steers a terminal.
    """

    __tablename__ = "notice_attempts"
    __table_args__ = (Index(None, "notice_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    duration_ms: Mapped[int] = mapped_column(Integer)
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)


class WebhookSecret(Base):
    """What a site's webhooks are signed with; kept in clear, since signing needs it.

    The one without `retired_at` is in force; one that was replaced signs along until then, so that the site can change
    its receivers over one by one.
    """

    __tablename__ = "webhook_secrets"
    __table_args__ = (
        Index("uq_webhook_secrets_in_force", "site_id", unique=True, postgresql_where=text("retired_at IS NULL")),
        Index(None, "site_id", "retired_at"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(Integer, ForeignKey("sites.id"))
    secret: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]


class Endpoint(Base):
    """Where a site's own systems take events of these `types`; `disabled_because` says why they get none."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(Integer, ForeignKey("sites.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WebhookEvent(Base):
    """Something that a site listens to: a flag that came to its case, or an entry of a case's history (`cause`).

    `sequence` counts the events of one article, without a gap, in the order in which they were committed; it is empty
    until an event was made into notices. What an event is about is no foreign key: nothing of it is ever deleted, and
    the key's check would lock one article's row for every flag of a story that goes round.
    """

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("cause", "type"),
        UniqueConstraint("article_id", "sequence"),
        Index("ix_webhook_events_waiting", "id", postgresql_where=text("sequence IS NULL")),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(Integer)
    article_id: Mapped[int]
    case_id: Mapped[int]
    type: Mapped[str] = mapped_column(Text)
    flag_id: Mapped[int | None]
    cause: Mapped[int | None]
    sequence: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class ArticleSequence(Base):
    """The number of an article's last event; events are forgotten one day, and their numbers not given again."""

    __tablename__ = "article_sequences"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


class UntoldCase(Base):
    """A case some of whose readers may have something to be told from `due_at` on; looked at then, and deleted."""

    __tablename__ = "untold_cases"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class RefusedAddress(Base):
    """A keyed hash of an address whose owner wants no letters of a site, whoever gives it, or none about one flag."""

    __tablename__ = "refused_addresses"

    site_id: Mapped[int] = mapped_column(Integer, ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    address: Mapped[bytes] = mapped_column(primary_key=True)
    refused_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AddressCount(Base):
    """How many letters went to an address, known by a keyed hash, in the hour that began at `since`."""

    __tablename__ = "address_counts"

    address: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    letters: Mapped[int] = mapped_column(Integer)
