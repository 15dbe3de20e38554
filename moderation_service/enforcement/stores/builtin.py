"""The built-in content store, for sites that read their articles from this service."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from moderation_service.articles import store
from moderation_service.db import Transaction
from moderation_service.decisions.effect import Wanted
from moderation_service.enforcement.stores.base import RetryableStoreError, Target
from moderation_service.enforcement.stores.saying import said_by


class BuiltinStore:
    """Writes and reads in transactions of its own, as any store outside would."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def apply(self, target: Target, wanted: Wanted, *, version: int) -> None:
        """See `Store.apply`."""
        try:
            with self._transaction() as session:
                store.set_visibility(
                    session,
                    target.article_id,
                    state=wanted.state,
                    redacted=wanted.redacted,
                    ground=wanted.ground,
                    version=version,
                )
        except DBAPIError as error:
            raise RetryableStoreError(said_by(error)) from error

    def read_back(self, target: Target) -> Wanted:
        """See `Store.read_back`."""
        try:
            with self._transaction() as session:
                seen = store.visibility(session, target.article_id)
        except DBAPIError as error:
            raise RetryableStoreError(said_by(error)) from error
        return Wanted(seen.state, tuple(seen.redacted), seen.ground) if seen else Wanted()
