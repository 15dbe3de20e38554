"""What was answered last about each article, so that an unchanged one is not sent again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from .answers import Absent, Answer


class Copy(NamedTuple):
    """An answer, and the ETag to ask with whether it still holds; no answer where two spoke against each other."""

    answer: Answer | None
    etag: str | None


class Copies:
    """The last answers about so many articles, those asked about lately; safe from many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Copy] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, external_id: str, copy: Copy, *, before: Copy | None) -> None:
        """Remember an answer; `before` is what was remembered when it was asked for."""
        with self._lock:
            kept = self._kept.get(external_id)
            self._kept[external_id] = copy if kept is before else _surer(kept, copy)
            self._kept.move_to_end(external_id)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def of(self, external_id: str) -> Copy | None:
        """What was answered last about an article, if that is remembered."""
        with self._lock:
            if external_id in self._kept:
                self._kept.move_to_end(external_id)
            return self._kept.get(external_id)


def _surer(kept: Copy | None, copy: Copy) -> Copy:
    """What may be said after two answers that were under way at once, since either may be the older one.

    What is not to be shown is not shown; of two versions that differ, neither is.
    """
    if isinstance(copy.answer, Absent):
        return copy
    if kept and (isinstance(kept.answer, Absent) or kept.answer == copy.answer):
        return kept
    return Copy(None, None)
