"""What may be shown: what the service says now, or while it is away, what it said last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
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
    Visible,
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

    Where the list has told of a change that no answer about the article has shown yet, what was kept of it is not used
    any more: so what was once known to be gone does not come back because the service is away. No reader waits for
    what another one has asked.
    """

    def __init__(self, service: ModerationService) -> None:
        self._service = service
        self._rows: dict[str, Listed] = {}
        self._outdated: dict[str, Listed] = {}  # what the list told since an article was last asked about
        self._lists = 0
        self._rest_until = 0.0
        self._lock = threading.Lock()

    def all(self) -> Shown:
        """Every article of which something may be shown.

        Raises:
            ClientError: the service is away, and never told.
        """
        fresh = self._refresh()
        with self._lock:
            rows = [row for row in self._rows.values() if row.state in {"visible", "redacted"} and row.revision]
        return Shown(tuple(rows if fresh else filter(self._agreed, rows)), fresh)

    def one(self, external_id: str) -> Seen:
        """An article.

        Raises:
            ClientError: the service is away, and what of the article may be shown is not known.
        """
        with self._lock:
            told = self._outdated.get(external_id)
        try:
            seen = Seen(self._ask(lambda: self._service.get_article(external_id)), fresh=True)
        except ClientError:
            last = self._last(external_id)
            if last is None:
                raise
            return Seen(last, fresh=False)
        with self._lock:
            # What the list has told of meanwhile may be later than the answer.
            if self._outdated.get(external_id) is told:
                self._outdated.pop(external_id, None)
        return seen

    def _refresh(self) -> bool:
        with self._lock:
            before = self._lists
            since = max((row.changed_at for row in self._rows.values()), default=None)
        try:
            changed = self._ask(lambda: list(self._service.list_articles(changed_since=since and since - OVERLAP)))
        except ClientError:
            if not self._rows:
                raise
            return False
        with self._lock:
            self._take(changed, alone=before == self._lists)
            self._lists += 1
        return True

    def _take(self, changed: Iterable[Listed], *, alone: bool) -> None:
        """Keep what a list told; where another came in since it was asked for, `alone` is false."""
        for row in changed:
            known = self._rows.get(row.external_id)
            # Of two lists that were under way at once, either may be the older one.
            if row == known or (known and not alone and row.changed_at < known.changed_at):
                continue
            self._rows[row.external_id] = self._outdated[row.external_id] = row

    def _last(self, external_id: str) -> Answer | None:
        """What was known of an article before the service went away; None where that is too little to show it."""
        with self._lock:
            row = self._outdated.get(external_id)
        if row is None:
            return self._service.last_answer(external_id)
        gone = GONE.get(row.state)
        return gone(external_id) if gone else None

    def _agreed(self, row: Listed) -> bool:
        """Whether what the list told last of an article is what the article said last itself, if it was asked about."""
        last = self._service.last_answer(row.external_id)
        return last is None or (isinstance(last, Visible) and _face(last) == _face(row))

    def _ask(self, question: Callable[[], Told]) -> Told:
        """An answer of the service; one that was away is left alone for a moment, so that nobody waits for it."""
        if time.monotonic() < self._rest_until:
            raise ServiceAway("The moderation service did not answer a moment ago")
        try:
            return question()
        except ServiceAway:
            self._rest_until = time.monotonic() + REST_SECONDS
            raise


def _face(seen: Visible | Listed) -> tuple[object, ...]:
    """What pages that lead to an article show of it."""
    return seen.headline, seen.place, seen.published_on
