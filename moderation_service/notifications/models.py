"""Notices: what somebody is to be told, over which channel, and how far that is; and what webhooks are signed with."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base
from moderation_service.leases import Leased


class Notice(Leased, Base):
    """One thing to tell one recipient: pending, sent, or dead (a dead letter).

    `key` names its cause, so that a cause noted twice is told once. `uid` is what the outside knows it by, the same in
    each try and in no other installation. `body` are the facts; `wording` makes words of them when it is sent.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sent', 'dead')", name="state"),
        Index("ix_notices_due", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_notices_waiting", "channel", "recipient", postgresql_where=text("state = 'pending'")),
        Index("ix_notices_dead", "id", postgresql_where=text("state = 'dead'")),
        Index("ix_notices_sent", "sent_at", postgresql_where=text("state = 'sent'")),
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
