"""What every content store can do, and how it may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from moderation_service.decisions.effect import Wanted


class RetryableStoreError(Exception):
    """The store may obey later: it was away, slow or busy."""


class FatalStoreError(Exception):
    """The store will not obey however often it is asked; a person has to look."""


@dataclass(frozen=True, slots=True)
class Target:
    """What in a store is meant: ours and the site's own id for it, and its address."""

    article_id: int
    external_id: str | None
    url: str | None


class Store(Protocol):
    """A content store. Both calls may be made again at any time and must then do the same.

    They raise `RetryableStoreError` or `FatalStoreError`, and have time limits of their own. What is hidden must
    be as far from readers as what is removed, and easy to bring back; read back, the two must be told apart.
    """

    def apply(self, target: Target, wanted: Wanted, *, version: int) -> None:
        """Bring the target into the wanted state, unless a higher version was applied before."""

    def read_back(self, target: Target) -> Wanted:
        """The state the target is in now, asked of the store anew."""
