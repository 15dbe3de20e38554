"""Words that a reader quoted, found again in an article's texts. Pure.

A quotation is a TextQuoteSelector of the W3C Web Annotation model: the words (`exact`), and some that stand before and
after them (`prefix`, `suffix`), which tell one place from others that have the same words. Browsers hand over a
selection with the white space of the page's layout, or without any between two paragraphs, so white space says nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from moderation_service.articles.lineage import shared

CONTEXT_MAX = 200  # characters of `prefix` and of `suffix`
DISTINCTIVE = 12  # characters; shorter quotations are words that any text may have
_OCCURRENCES_MOST = 1000  # of the same words; whoever quotes a single letter means none of them in particular
# Where a line may be broken, and what tells byte orders: on the page nobody sees them.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Span:
    """Where quoted words stand: in which of the texts, and from which character to before which."""

    place: int
    start: int
    end: int


class Searchable:
    """Texts in the order in which they are read, made ready to look for quotations in them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        plain = [_plain(text) for text in texts]
        self._all = "".join(plain)
        self._starts = list(accumulate(map(len, plain), initial=0))

    def find(self, quoted: Mapping[str, Any]) -> Span | None:
        """The place of quoted words that the words around them fit best, the first of equals; None where there is none.

        Words that begin in one text and go on in the next are found as far as they stand in the first.
        """
        exact = _plain(quoted["exact"])
        if not exact:
            return None
        before, after = _plain(quoted.get("prefix") or ""), _plain(quoted.get("suffix") or "")
        starts = list(self._occurrences(exact))
        best = max(starts, key=lambda start: self._fit(start, start + len(exact), before, after), default=None)
        return None if best is None else self._span(best, best + len(exact))

    def _occurrences(self, exact: str) -> Iterator[int]:
        start = -1
        for _ in range(_OCCURRENCES_MOST):
            start = self._all.find(exact, start + 1)
            if start < 0:
                return
            yield start

    def _fit(self, start: int, end: int, before: str, after: str) -> int:
        """How many characters around a place are those that stood around the words where they were quoted."""
        behind, ahead = self._all[end : end + CONTEXT_MAX], self._all[max(start - CONTEXT_MAX, 0) : start]
        return shared(behind, after) + shared(ahead[::-1], before[::-1])

    def _span(self, start: int, end: int) -> Span:
        """A place in all texts as one in the text where it begins."""
        place = bisect_right(self._starts, start) - 1
        origins = _origins(self._texts[place])
        first, last = start - self._starts[place], min(end, self._starts[place + 1]) - self._starts[place] - 1
        return Span(place, origins[first], origins[last] + 1)


def anchored(parts: Sequence[Mapping[str, str]], quoted: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    """The part of an article where a quotation stands, by its id, and the quotation in the part's own words.

    A selection over several parts belongs to the one it begins in, with the piece that stands there; what it goes on
    with becomes the words behind it. None where the article has no such words.
    """
    texts = [part["text"] for part in parts]
    searched = Searchable(texts)
    span = searched.find(quoted) or _first_line(searched, texts, quoted)
    if span is None:
        return None
    own = texts[span.place][span.start : span.end]
    rest = quoted["exact"][_origins(quoted["exact"])[len(_plain(own)) - 1] + 1 :].strip()
    return parts[span.place]["id"], {**quoted, "exact": own, **({"suffix": rest[:CONTEXT_MAX]} if rest else {})}


def _first_line(searched: Searchable, texts: Sequence[str], quoted: Mapping[str, str]) -> Span | None:
    """Where a selection begins that has something between its parts which is none, as a picture with its caption.

    Only at the end of a text: from anywhere else it would have gone on with that text's next words.
    """
    first, *more = [line for line in quoted["exact"].splitlines() if line.strip()] or [""]
    span = searched.find({"exact": first, "prefix": quoted.get("prefix")}) if more else None
    return span if span and not _plain(texts[span.place][span.end :]) else None


def _plain(text: str) -> str:
    """A text without white space, and without what nobody sees."""
    return "".join(text.translate(_UNSEEN).split())


def _origins(text: str) -> list[int]:
    """For each character of the plain text, where in the text it stands."""
    return [at for at, char in enumerate(text) if not char.isspace() and ord(char) not in _UNSEEN]
