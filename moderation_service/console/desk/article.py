"""An article as its flags point at it: quotations found in its texts, and what changed since it was flagged. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderation_service.console.differences import runs


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, and how many flags quote it."""

    text: str
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the page shows it; `lost` are quotations that its text does not have (any more)."""

    id: str
    kind: str
    pieces: list[Piece]
    reasons: Sequence[Mapping[str, Any]] = ()
    lost: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A part that is not what it was: runs of text, each same, removed or added."""

    id: str
    runs: list[tuple[str, str]]


def shown(parts: Sequence[Mapping[str, Any]], said: Mapping[str, Mapping[str, Any]]) -> list[Part]:
    """The parts of an article, each with what flags say of it; `said` is by part, as `queries.case_desk` has it."""
    found = []
    for part in parts:
        here = said.get(part["id"], {"reasons": (), "quotations": ()})
        spans = [(quoted, span_of(part["text"], quoted)) for quoted in here["quotations"]]
        marks = [(*span, quoted["flags"]) for quoted, span in spans if span is not None]
        lost = [quoted for quoted, span in spans if span is None]
        found.append(Part(part["id"], part["kind"], pieces(part["text"], marks), here["reasons"], lost))
    return found


def span_of(text: str, quoted: Mapping[str, Any]) -> tuple[int, int] | None:
    """Where a text has what was quoted, told apart by the words around it as far as they are there; None if nowhere."""
    exact, prefix, suffix = quoted["exact"], quoted.get("prefix") or "", quoted.get("suffix") or ""
    for before, after in ((prefix, suffix), (prefix, ""), ("", suffix), ("", "")):
        start = text.find(before + exact + after)
        if start >= 0:
            return start + len(before), start + len(before) + len(exact)
    return None


def pieces(text: str, marks: Sequence[tuple[int, int, int]]) -> list[Piece]:
    """A text in runs, each with the flags of all the marks over it; a mark is start, end and flags."""
    cuts = sorted({0, len(text)} | {place for start, end, _ in marks for place in (start, end)})
    return [
        Piece(text[start:end], sum(flags for first, last, flags in marks if first <= start and end <= last))
        for start, end in itertools.pairwise(cuts)
    ]


def excerpt(pieces: Sequence[Piece], around: int = 160) -> list[Piece]:
    """A text's quoted runs with so many characters around each; where nothing is quoted, its beginning."""
    last = len(pieces) - 1
    return [
        piece if piece.flags else Piece(_shortened(piece.text, around, head=place > 0 or not last, tail=place < last))
        for place, piece in enumerate(pieces)
    ]


def _shortened(text: str, around: int, *, head: bool, tail: bool) -> str:
    if len(text) <= around * (head + tail):
        return text
    return (text[:around] if head else "") + " … " + (text[-around:] if tail else "")


def changes(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Change]:
    """The parts that differ between two revisions, as they stand now; those that are gone come last."""
    before = {part["id"]: part["text"] for part in then}
    after = {part["id"]: part["text"] for part in now}
    moved = [(id, before.get(id, ""), text) for id, text in after.items() if before.get(id) != text]
    gone = [(id, text, "") for id, text in before.items() if id not in after]
    return [Change(id, list(runs(old, new))) for id, old, new in moved + gone]
