"""What was answered last about each article, so that an unchanged one is not sent again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from .answers import Answer


class Copy(NamedTuple):
    """An answer, and the ETag to ask with whether it still holds."""

    answer: Answer
    etag: str | None


class Copies:
    """The last answers about so many articles; safe from many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Copy] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, external_id: str, answer: Answer, etag: str | None) -> None:
        """Remember an answer in place of the one before."""
        with self._lock:
            self._kept[external_id] = Copy(answer, etag)
            self._kept.move_to_end(external_id)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def of(self, external_id: str) -> Copy | None:
        """What was answered last about an article, if that is remembered."""
        with self._lock:
            return self._kept.get(external_id)
