"""What may be shown: what the service says now, or while it is away, what it said last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from moderation_service.client import (
    Answer,
    ClientError,
    Hidden,
    Listed,
    ModerationService,
    Removed,
    RemovedLegally,
    ServiceAway,
)

Told = TypeVar("Told")

OVERLAP = timedelta(minutes=1)  # see `ModerationService.list_articles`
RETRY_SECONDS = 60  # a reader is asked to wait for what is hidden
REST_SECONDS = 1.0

# What the list says of an article that must not be shown, as the answer it stands for.
GONE: dict[str, Callable[[str], Answer]] = {
    "hidden": lambda external_id: Hidden(external_id, RETRY_SECONDS),
    "removed": Removed,
    "removed_legal": lambda external_id: RemovedLegally(external_id, None),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An article as it may be shown, and whether the service said so just now."""

    answer: Answer
    fresh: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The articles of the list, and whether it is as of now."""

    articles: tuple[Listed, ...]
    fresh: bool


class Shelf:
    """The articles, asked about each time before they are shown; safe from many threads.

    Where the list has told of a change that no copy of the article shows yet, the copy is not used any more: so what
    was once known to be gone does not come back because the service is away.
    """

    def __init__(self, service: ModerationService) -> None:
        self._service = service
        self._rows: dict[str, Listed] = {}
        self._outdated: set[str] = set()
        self._rest_until = 0.0
        self._lock = threading.Lock()

    def all(self) -> Shown:
        """Every article of which something may be shown.

        Raises:
            ClientError: the service is away, and never told.
        """
        with self._lock:
            fresh = self._refresh()
            rows = tuple(row for row in self._rows.values() if row.state in {"visible", "redacted"} and row.revision)
        return Shown(rows, fresh)

    def one(self, external_id: str) -> Seen:
        """An article.

        Raises:
            ClientError: the service is away, and what of the article may be shown is not known.
        """
        with self._lock:
            # Before it is asked: a change that the list tells of meanwhile may be later than the answer.
            outdated = external_id in self._outdated
            self._outdated.discard(external_id)
        try:
            return Seen(self._ask(lambda: self._service.get_article(external_id)), fresh=True)
        except ClientError:
            last = self._last(external_id, outdated=outdated)
            if last is None:
                raise
            return Seen(last, fresh=False)

    def _refresh(self) -> bool:
        since = max((row.changed_at for row in self._rows.values()), default=None)
        try:
            changed = self._ask(lambda: list(self._service.list_articles(changed_since=since and since - OVERLAP)))
        except ClientError:
            if not self._rows:
                raise
            return False
        for row in changed:
            if self._rows.get(row.external_id) != row:
                self._outdated.add(row.external_id)
            self._rows[row.external_id] = row
        return True

    def _last(self, external_id: str, *, outdated: bool) -> Answer | None:
        """What was known of an article before the service went away; None where that is too little to show it."""
        with self._lock:
            if outdated:
                self._outdated.add(external_id)
            row = self._rows[external_id] if external_id in self._outdated else None
        if row is None:
            return self._service.last_answer(external_id)
        gone = GONE.get(row.state)
        return gone(external_id) if gone else None

    def _ask(self, question: Callable[[], Told]) -> Told:
        """An answer of the service; one that was away is left alone for a moment, so that nobody waits for it."""
        if time.monotonic() < self._rest_until:
            raise ServiceAway("The moderation service did not answer a moment ago")
        try:
            return question()
        except ServiceAway:
            self._rest_until = time.monotonic() + REST_SECONDS
            raise
