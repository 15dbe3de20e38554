"""A limit to how long a figure may take: the queue must not wait for who looks at numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from moderation_service.db import attempt

QUERY_CANCELED = "57014"


class TooSlow(Exception):
    """It took longer than it may; the transaction is as it was before."""


@contextmanager
def bounded(session: Session, limit: timedelta) -> Iterator[None]:
    """Whatever is read inside takes no statement that lasts longer than this.

    Raises:
        TooSlow: one did, and was ended.
    """
    try:
        with attempt(session):
            milliseconds = max(int(limit.total_seconds() * 1000), 1)
            session.execute(select(func.set_config("statement_timeout", f"{milliseconds}ms", True)))
            yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != QUERY_CANCELED:
            raise
        raise TooSlow from error
