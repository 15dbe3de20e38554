"""The readers who flag: most are sensible and few, some dislike much, and some came this morning for one purpose."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from moderation_service.demo.readers.events import Kind, Reader

HONEST, NOISY = 300, 15  # readers of each kind


class Crowd:
    """Everybody who may flag, and what he has flagged already: nobody flags an article twice.

    `tag` tells the readers of one play from those of another.
    """

    def __init__(self, tag: str, chance: Random) -> None:
        self._tag = tag
        self._chance = chance
        self._made = 0
        self._done: set[tuple[str, str]] = set()
        self._of = {
            Kind.HONEST: [self._new(timedelta(days=chance.lognormvariate(6, 0.8))) for _ in range(HONEST)],
            Kind.NOISY: [self._new(timedelta(days=chance.uniform(3, 900))) for _ in range(NOISY)],
        }

    def somebody(self, kind: Kind, article: str) -> Reader | None:
        """A reader of that kind who has not flagged the article yet; None when all have."""
        if kind is Kind.BRIGADE:
            return self._new(timedelta(minutes=self._chance.uniform(2, 90)))
        free = [reader for reader in self._of[kind] if (reader.id, article) not in self._done]
        if not free:
            return None
        reader = self._chance.choice(free)
        self._done.add((reader.id, article))
        return reader

    def _new(self, account: timedelta) -> Reader:
        self._made += 1
        return Reader(f"{self._tag}-{self._made}", account)
