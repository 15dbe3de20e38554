"""Words that a reader quoted, found again in an article's texts. Pure.

A quotation is a TextQuoteSelector of the W3C Web Annotation model: the words (`exact`), and some that stand before and
after them (`prefix`, `suffix`), which tell one place from others that have the same words. Browsers hand over a
selection with the white space of the page's layout, or without any between two paragraphs, so other white space is no
difference as long as the words remain the same. Nor is it how an accent is written, or where a line might be broken.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple
from unicodedata import category, combining, east_asian_width, normalize

from moderation_service.articles.lineage import shared

CONTEXT_MAX = 200  # characters of `prefix` and of `suffix`
DISTINCTIVE = 12  # characters; shorter quotations are words that any text may have
FITTING = 4  # characters next to a quotation, or all that are known of one side, which hardly fit by chance
_OCCURRENCES_MOST = 1000  # of the same words; whoever quotes a single letter means none of them in particular
# Where a line may be broken, and what tells byte orders: on the page nobody sees them.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Span:
    """Where quoted words stand: in which of the texts, and from which character to before which."""

    place: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text as it is compared: without white space and what nobody sees, and in one normal form (NFC).

    `breaks` are where there was white space, each by the number of characters before it, and the end.
    """

    chars: str
    breaks: Sequence[int]

    def parts_characters(self, at: int) -> bool:
        """Whether a place is between a character and its accent."""
        return self._within(at) and combining(self.chars[at]) > 0

    def parts_words(self, at: int) -> bool:
        """Whether a place is in the middle of a word."""
        return self._within(at) and _of_word(self.chars[at - 1]) and _of_word(self.chars[at])

    def _within(self, at: int) -> bool:
        return 0 < at < len(self.chars) and self.breaks[bisect_left(self.breaks, at)] != at


class _Match(NamedTuple):
    """How well a place has quoted words, the weightiest first."""

    literal: bool  # with white space where the quotation has some, and nowhere else
    within: bool  # one text
    fit: int  # characters around it, of those that stood around the words where they were quoted
    whole: bool  # it begins and ends with whole words


class Searchable:
    """Texts in the order in which they are read, made ready to look for quotations in them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        plain = [_plain(text) for text in texts]
        self._starts = list(accumulate((len(text.chars) for text in plain), initial=0))
        breaks = [start + at for start, text in zip(self._starts, plain, strict=False) for at in text.breaks]
        self._all = _Plain("".join(text.chars for text in plain), breaks)

    def find(self, quoted: Mapping[str, Any], *, in_context: bool = False) -> Span | None:
        """The place of quoted words that is most like the quotation, the first of equals; None where there is none.

        The very words within one text go before all others, and of several places the one that the words around them
        fit best. Words that begin in one text and go on in the next are found as far as they stand in the first. With
        `in_context` a place counts only if something around it fits, where the quotation tells what that was.
        """
        exact = _plain(quoted["exact"])
        around = [_plain(quoted.get(side) or "").chars for side in ("prefix", "suffix")]
        least = min([FITTING, *(len(side) for side in around if side)]) if in_context and any(around) else 0
        matches = ((self._match(start, exact, *around), start) for start in self._occurrences(exact.chars))
        fitting = [(match, start) for match, start in matches if match is not None and match.fit >= least]
        _, best = max(fitting, key=lambda found: found[0], default=(None, None))
        return None if best is None else self._span(best, best + len(exact.chars))

    def _occurrences(self, exact: str) -> Iterator[int]:
        start = -1
        for _ in range(_OCCURRENCES_MOST if exact else 0):
            start = self._all.chars.find(exact, start + 1)
            if start < 0:
                return
            yield start

    def _match(self, start: int, exact: _Plain, before: str, after: str) -> _Match | None:
        """How well the words fit to a place that has their characters; None where they are other words."""
        end = start + len(exact.chars)
        if self._all.parts_characters(end):
            return None
        breaks = self._all.breaks
        own = [at - start for at in breaks[bisect_right(breaks, start) : bisect_right(breaks, end - 1)]]
        literal = own == list(exact.breaks[:-1])
        whole = not self._all.parts_words(start) and not self._all.parts_words(end)
        if not literal and not (whole and self._same_words(start, exact, own)):
            return None
        place = bisect_right(self._starts, start) - 1
        return _Match(literal, end <= self._starts[place + 1], self._fit(start, end, before, after), whole)

    def _same_words(self, start: int, exact: _Plain, own: Sequence[int]) -> bool:
        """Whether white space that one side alone has makes no other words of the same characters.

        Browsers leave white space out, between two paragraphs or where a line is broken, so a long quotation may lack
        some; words like "nowhere" may not, nor has it any in the middle of a word.
        """
        lacking, added = set(own).difference(exact.breaks), set(exact.breaks[:-1]).difference(own)
        if any(self._all.parts_words(start + at) for at in added):
            return False
        return len(exact.chars) >= DISTINCTIVE or not any(map(exact.parts_words, lacking))

    def _fit(self, start: int, end: int, before: str, after: str) -> int:
        """How many characters around a place are those that stood around the words where they were quoted."""
        chars = self._all.chars
        behind, ahead = chars[end : end + CONTEXT_MAX], chars[max(start - CONTEXT_MAX, 0) : start]
        return shared(behind, after) + shared(ahead[::-1], before[::-1])

    def _span(self, start: int, end: int) -> Span:
        """A place in all texts as one in the text where it begins."""
        place = bisect_right(self._starts, start) - 1
        origins = _origins(self._texts[place])
        first, last = start - self._starts[place], min(end, self._starts[place + 1]) - self._starts[place] - 1
        return Span(place, origins[first][0], origins[last][1])


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
    origins, told = _origins(quoted["exact"]), len(_plain(own).chars)
    rest = quoted["exact"][origins[told][0] :].strip() if told < len(origins) else ""
    return parts[span.place]["id"], {**quoted, "exact": own, **({"suffix": rest[:CONTEXT_MAX]} if rest else {})}


def _first_line(searched: Searchable, texts: Sequence[str], quoted: Mapping[str, str]) -> Span | None:
    """Where a selection begins that has something between its parts which is none, as a picture with its caption.

    Only at the end of a text: from anywhere else it would have gone on with that text's next words.
    """
    first, *more = [line for line in quoted["exact"].splitlines() if line.strip()] or [""]
    span = searched.find({"exact": first, "prefix": quoted.get("prefix")}) if more else None
    return span if span and not _plain(texts[span.place][span.end :]).chars else None


def _plain(text: str) -> _Plain:
    words = _composed(text.translate(_UNSEEN)).split()
    return _Plain("".join(words), list(accumulate(map(len, words))))


def _composed(text: str) -> str:
    """A text in its normal form, but as it is where accents are piled up: to sort those costs their number squared."""
    return text if text.isascii() or _piled().search(text) else normalize("NFC", text)


@cache
def _piled() -> re.Pattern[str]:
    """More accents on one character than any language has: up to 30 are safe (Unicode Standard Annex 15, section 13).

    Of the characters beyond 16 bits all are taken for some: to tell them apart takes ten times as long.
    """
    accents = "".join(filter(combining, map(chr, range(0x10000))))
    return re.compile(f"[{accents}\U00010000-\U0010ffff]{{31}}")


def _of_word(char: str) -> bool:
    """Whether words are made of such a character; those of scripts that put no white space between words make none."""
    return (char.isalnum() or category(char)[0] == "M") and east_asian_width(char) not in "WF"


def _origins(text: str) -> list[tuple[int, int]]:
    """For each character of the plain text, from where to where in the text it stands."""
    seen = text.translate(_UNSEEN)
    if _composed(seen) == seen:
        return [(at, at + 1) for at, char in enumerate(text) if not char.isspace() and ord(char) not in _UNSEEN]
    return [(start, end) for start, end, seen in _clusters(text) for _ in normalize("NFC", seen)]


def _clusters(text: str) -> Iterator[tuple[int, int, str]]:
    """What is seen of a text, with its place: single characters, and several that are others in the normal form."""
    start, end, cluster = 0, 0, ""
    for at, char in enumerate(text):
        if ord(char) in _UNSEEN:
            continue
        if cluster and _joins(cluster[-2:], char):
            end, cluster = at + 1, cluster + char
            continue
        if cluster:
            yield start, end, cluster
        start, end, cluster = at, at + 1, "" if char.isspace() else char
    if cluster:
        yield start, end, cluster


def _joins(last: str, char: str) -> bool:
    """Whether a character becomes another one together with those before it, which may be two, as in Korean."""
    return bool(combining(char)) or normalize("NFC", last + char) != normalize("NFC", last) + normalize("NFC", char)
