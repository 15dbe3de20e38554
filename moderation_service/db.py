"""The database: the declarative base, the one transaction, and what runs only once it has committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from moderation_service import arrays
from moderation_service.config import Settings

# A server that vanished without a word is noticed within seconds only when all of these are set
# together: either of the TCP settings alone leaves one side hanging.
CLIENT_PARAMETERS: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "application_name": "moderation-service",
}
SERVER_PARAMETERS = {
    "statement_timeout": "15s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
    # Compiling a plan costs more than running any of ours.
    "jit": "off",
}

# Opens a transaction for the length of a block: for steps that take several, one after the other.
Transaction = Callable[[], AbstractContextManager[Session]]


class Base(DeclarativeBase):
    """All tables; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        int: BigInteger(),
        bytes: LargeBinary(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }


def connection_parameters() -> dict[str, Any]:
    """What every connection is opened with, by SQLAlchemy or by the driver itself."""
    options = " ".join(f"-c {name}={value}" for name, value in SERVER_PARAMETERS.items())
    return CLIENT_PARAMETERS | {"options": options}


def driver_url(url: str) -> str:
    """The URL as psycopg itself reads it, with no SQLAlchemy driver in its scheme."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def create_database_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine on psycopg 3, whichever way the URL names PostgreSQL."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args=connection_parameters(),
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=5,
    )
    event.listen(engine, "connect", arrays.teach)
    return engine


class Database:
    """One database and the only place that commits."""

    def __init__(self, settings: Settings, *, pool_size: int = 10, bell: object | None = None) -> None:
        """Connect lazily; `bell` is what `jobs.wake` rings for sessions made here."""
        settings.require("database_url")
        self.url = settings.database_url
        self.engine = create_database_engine(self.url, pool_size=pool_size)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info={"bell": bell})

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises.

        What was asked for with `before_commit` runs as the last of the transaction, what was asked for with
        `after_commit` once it has committed; each in order.
        """
        with self._sessions() as session:
            with session.begin():
                yield session
                finish(session)
            for call in session.info.pop("after_commit", []):
                call()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """A part of the session's transaction that is undone alone when it raises, with all it asked for at the commit."""
    asked = {name: list(session.info.get(name, ())) for name in ("before_commit", "after_commit")}
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info.update(asked)
        raise


def before_commit(session: Session, call: Callable[[], object]) -> None:
    """Run `call` as the last thing of the session's transaction: for locks that all transactions share."""
    session.info.setdefault("before_commit", []).append(call)


def finish(session: Session) -> None:
    """Do what waits for the end of the transaction; `transaction` does it before it commits."""
    for call in session.info.pop("before_commit", []):
        call()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Run `call` once the session's transaction has committed; never when it rolls back."""
    session.info.setdefault("after_commit", []).append(call)


def utcnow(session: Session) -> datetime:
    """The database's clock now, the only clock that leases, windows and deadlines know."""
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
