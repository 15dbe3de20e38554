"""One database for many tests: each has a transaction in it that does all but commit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from moderation_service.config import Settings
from moderation_service.db import Database, finish


class _Undo(Exception):
    """Ends a transaction that could have been committed."""


class Blank:
    """A migrated database that stays as it is."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings, pool_size=1)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose transaction is undone at the end, once nothing stands in the way of its commit.

        What runs once it has committed is run too, as `Database.transaction` does it. Ids go
        on from test to test: none may come twice in one database.
        """
        with contextlib.suppress(_Undo), self._database.transaction() as session:
            event.listen(session, "before_commit", _refuse)
            yield session
            finish(session)
            session.flush()
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            raise _Undo
        for call in session.info.pop("after_commit", []):
            call()

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


def _refuse(session: Session) -> None:
    if session.in_nested_transaction():
        return
    raise AssertionError("What a test commits is there for the next: let it ask for `database` too")
