"""The keys of other networks' reporters: kept for a day, and asked for anew when a signature does not fit them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.db import Transaction
from moderation_service.doors.fetching import Keys
from moderation_service.doors.models import RemoteKeys
from moderation_service.errors import Unauthenticated

KEPT = timedelta(days=1)
# Keys younger than this are not asked for again, or each forged signature would cost their owner a request.
RENEWED = timedelta(minutes=1)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keeps keys in the database; `fetch` asks for somebody's, which is never done in a transaction."""

    transaction: Transaction
    fetch: Callable[[str], Keys]

    def checked(self, owner: str, check: Callable[[Keys], Found]) -> Found:
        """What `check` makes of the owner's keys.

        Raises:
            Unauthenticated: it refused those kept and new ones alike, or there are none.
            Unavailable: they have to be asked for, and their server does not answer.
        """
        with self.transaction() as session:
            kept = _kept(session, owner)
        if kept is not None:
            keys, may_be_old = kept
            try:
                return check(keys)
            except Unauthenticated:
                if not may_be_old:
                    raise
        keys = self.fetch(owner)
        found = check(keys)  # what proves nothing is not kept: anybody can name an owner
        with self.transaction() as session:
            _keep(session, owner, keys)
        return found


def _kept(session: Session, owner: str) -> tuple[Keys, bool] | None:
    row = session.execute(
        select(
            RemoteKeys.host, RemoteKeys.keys, (RemoteKeys.fetched_at < func.now() - RENEWED).label("may_be_old")
        ).where(RemoteKeys.owner == owner, RemoteKeys.fetched_at > func.now() - KEPT)
    ).one_or_none()
    return None if row is None else (Keys(row.host, row.keys), row.may_be_old)


def _keep(session: Session, owner: str, keys: Keys) -> None:
    told = {"host": keys.host, "keys": dict(keys.keys), "fetched_at": func.now()}
    statement = insert(RemoteKeys).values(owner=owner, **told)
    session.execute(statement.on_conflict_do_update(index_elements=["owner"], set_=told))


def forget_old(session: Session) -> None:
    """Forget keys that would be asked for anew."""
    session.execute(delete(RemoteKeys).where(RemoteKeys.fetched_at < func.now() - KEPT))
