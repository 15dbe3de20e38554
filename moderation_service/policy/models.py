"""The policy's tables: versions, and the clauses of each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


class PolicyVersion(Base):
    """One version of a site's policy, or of the house policy that holds where a site has none of its own.

    Beside its clauses it says how decisions are checked. `second_for_editorial`: takedowns of editorial articles wait
    for a second person; `second_over`: so do those sent together with more than so many others (empty: none does).
    `qa_percent` of the decided cases are put before a senior, who decides them blind; which, follows from `draw_key`,
    which no page and no route shows, so that nobody who decides can foresee it.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (
        UniqueConstraint("site_id", "number", postgresql_nulls_not_distinct=True),
        CheckConstraint("second_over >= 0", name="second_over"),
        CheckConstraint("qa_percent BETWEEN 0 AND 100", name="qa_percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    number: Mapped[int]
    second_for_editorial: Mapped[bool] = mapped_column(server_default=text("false"))
    second_over: Mapped[int | None] = mapped_column(Integer)
    qa_percent: Mapped[float] = mapped_column(Float, server_default=text("2"))
    draw_key: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PolicyClause(Base):
    """One clause a decision may cite; never edited, a new version carries the new text."""

    __tablename__ = "policy_clauses"

    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_versions.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    grounds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    dsa_category: Mapped[str] = mapped_column(Text)
