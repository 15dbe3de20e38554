"""Orders: the state each article should have in its content store, and every try to bring it about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base
from moderation_service.leases import Leased


class Order(Leased, Base):
    """The wanted state of one article; a later decision changes it, so no old order can overtake a new one.

    `case_id` is the case on whose account it stands, `decision_id` the decision; there is none behind an article that
    is hidden until it is reviewed, or shown again without one. `wanted_version` counts the changes, the last of
    them at `wanted_at`; `applied_version` is the last one read back from the store, and the state then is applied.
    """

    __tablename__ = "enforcement_orders"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'applied', 'dead')", name="state"),
        # As `Wanted.to_json` writes it: what no worker can read would be taken up first by all of them, for ever.
        CheckConstraint(
            "wanted ?& ARRAY['state', 'redacted', 'ground'] AND wanted ->> 'state' IN ('visible', 'hidden', 'removed') "
            "AND jsonb_typeof(wanted -> 'redacted') = 'array'",
            name="wanted",
        ),
        Index("ix_enforcement_orders_due", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_enforcement_orders_dead", "id", postgresql_where=text("state = 'dead'")),
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), unique=True)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB)
    wanted_version: Mapped[int]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    applied_version: Mapped[int] = mapped_column(server_default="0")
    applied_at: Mapped[datetime | None]


class Attempt(Base):
    """One try to apply an order, for which decision if for any, when, and what came of it. Append-only."""

    __tablename__ = "enforcement_attempts"
    __table_args__ = (Index(None, "order_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("enforcement_orders.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    wanted_version: Mapped[int]
    fence: Mapped[int]
    outcome: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
