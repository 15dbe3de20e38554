"""Work that is a row: leased for a while, tried, and either done or given up on, where a person finds it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, ForeignKey, Integer, Text, func, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation_service.errors import Conflict, NotFound


class Leased:
    """The columns of a row of such work.

    `state` is pending, dead (a dead letter), or the room's own word for done. `attempts` are the tries since
    `wanted_at`; the next is due at `due_at`. `fence` counts the leases: only the holder of the newest may say how its
    try ended.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    wanted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    leased_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None] = mapped_column(Text)


Row = TypeVar("Row", bound=Leased)


def lease_due(session: Session, table: type[Row], *, duration: timedelta) -> Row | None:
    """Take the row that is due longest and held by nobody; None when nothing is due.

    Commit before calling the outside: a worker that dies leaves a lease that runs out.
    """
    now = func.clock_timestamp()
    due = (
        select(table.id)
        .where(table.state == "pending", table.due_at <= now)
        .where(table.leased_until.is_(None) | (table.leased_until <= now))
        .order_by(table.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    leased = (
        update(table)
        .where(table.id == due)
        .values(leased_until=now + literal(duration), fence=table.fence + 1, attempts=table.attempts + 1)
        .returning(table)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return session.scalars(leased).one_or_none()


def still_held(session: Session, table: type[Row], row_id: int, fence: int) -> Row | None:
    """The locked row, unless somebody else has leased it since."""
    return session.scalar(select(table).where(table.id == row_id, table.fence == fence).with_for_update())


def silent(session: Session, table: type[Row], *, tries: int) -> Sequence[Row]:
    """Locked rows that were tried as often as they may be, and whose last worker never said a word.

    What ends the worker that tries it leaves no failure behind; it must not end every worker for ever.
    """
    query = (
        select(table)
        .where(table.state == "pending", table.attempts >= tries)
        .where(table.leased_until <= func.clock_timestamp())
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).all()


def one(session: Session, table: type[Row], row_id: int) -> Row:
    """A row, locked; whether it is a dead letter, `revive` looks when it is known who asks.

    Raises:
        NotFound: there is no such row.
    """
    row = session.get(table, row_id, with_for_update=True)
    if row is None:
        raise NotFound(absent(table))
    return row


def absent(table: type[Leased]) -> str:
    """That there is no such row, in words."""
    return f"There is no such {table.__name__.lower()}"


def dead(session: Session, table: type[Row], *, sites: Sequence[int] | None, saying: str = "") -> Sequence[Row]:
    """All dead letters of these sites (None: of all) whose last error says this, locked, oldest first."""
    query = select(table).where(*among(table, "dead", sites, saying)).order_by(table.id)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def among(table: type[Leased], state: str, sites: Sequence[int] | None, saying: str = "") -> list[ColumnElement[bool]]:
    """Whether a row is in that state, on one of these sites (None: on any), and its last error says this."""
    conditions = [table.state == state]
    if sites is not None:
        conditions.append(table.site_id.in_(sites))
    if saying:
        conditions.append(table.last_error.icontains(saying, autoescape=True))
    return conditions


def revive(session: Session, row: Leased) -> None:
    """Give a dead letter another life: all its tries anew, from now.

    Raises:
        Conflict: it is no dead letter.
    """
    if row.state != "dead":
        raise Conflict(f"This {type(row).__name__.lower()} is {row.state}, not dead")
    row.state, row.attempts = "pending", 0
    row.wanted_at = row.due_at = func.clock_timestamp()
    session.flush()
