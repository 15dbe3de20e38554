"""Long work that is a row: asked for, run by one worker at a time, taken up again when that one is killed.

Of each kind only one runs at a time in the whole service: it takes the cores it gets, and readers' flags come first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Float, Identity, Integer, Text, func, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
ERROR_LENGTH = 1000
UNFINISHED = ("waiting", "running")

# Held while the next is chosen, so that two workers do not each begin one.
CHOOSING = select(func.pg_advisory_xact_lock(7_105_215))


class Run:
    """The columns of a row of such work.

    `state` is waiting, running, done, failed, or a word of its own for given up by people. `done` is the share of it
    that is done. Each lease takes the next number of `attempts`, so an older holder of the row is known by his.
    """

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    done: Mapped[float] = mapped_column(Float, server_default="0")
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


Row = TypeVar("Row", bound=Run)


def lease_next(session: Session, table: type[Row]) -> Row | None:
    """Take the row that waits longest, unless one is being run; commit before running it.

    One whose worker was killed is begun anew when the lease has run out, but not for ever.
    """
    session.execute(CHOOSING)
    now = func.clock_timestamp()
    running = select(table.id).where(table.state == "running", table.leased_until > now)
    if session.execute(running.limit(1)).first() is not None:
        return None
    _give_up_silent(session, table)
    waiting = select(table).where(table.state.in_(UNFINISHED)).order_by(table.id).limit(1)
    row = session.scalar(waiting.with_for_update(), execution_options={"populate_existing": True})
    if row is None:
        return None
    row.state, row.done = "running", 0.0
    row.leased_until = now + literal(LEASE)
    row.attempts += 1
    session.flush()
    return row


def _give_up_silent(session: Session, table: type[Run]) -> None:
    """What ends every worker that runs it must not end them for ever."""
    session.execute(
        update(table)
        .where(table.state == "running", table.attempts >= MOST_ATTEMPTS)
        .values(state="failed", error="every worker that ran it ended without a word", **ended())
        .execution_options(synchronize_session=False)
    )


def keep(session: Session, table: type[Run], row_id: int, attempt: int, *, done: float) -> bool:
    """Say how far it is, and hold on to it for another while; False when somebody else runs it, or nobody wants it."""
    return settle(session, table, row_id, attempt, done=done, leased_until=func.clock_timestamp() + literal(LEASE))


def fail(session: Session, table: type[Run], row_id: int, attempt: int, error: str) -> bool:
    """Note that it could not be done, and will not be tried again."""
    return settle(session, table, row_id, attempt, state="failed", error=error[:ERROR_LENGTH], **ended())


def give_back(session: Session, table: type[Run], row_id: int, attempt: int) -> bool:
    """Leave it to another worker: this one is being stopped."""
    return settle(session, table, row_id, attempt, state="waiting", done=0.0, leased_until=None)


def settle(session: Session, table: type[Run], row_id: int, attempt: int, **values: Any) -> bool:
    """Write down what came of a run; False when its lease is not the newest any more."""
    held: tuple[ColumnElement[bool], ...] = (table.id == row_id, table.state == "running", table.attempts == attempt)
    statement = update(table).where(*held).values(**values).returning(table.id)
    return session.execute(statement.execution_options(synchronize_session=False)).one_or_none() is not None


def ended() -> dict[str, Any]:
    """The columns of a run that goes on no more."""
    return {"finished_at": func.clock_timestamp(), "leased_until": None}
