"""An article as its flags point at it: quotations found in its texts, and what changed since it was flagged. Pure."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderation_service.articles.content import Image
from moderation_service.articles.quotations import DISTINCTIVE, Searchable, Span
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


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that the page names, and shows to whoever asks for it; `number` is its own in its revision."""

    number: int
    alt: str
    host: str


def shown(
    parts: Sequence[Mapping[str, Any]], said: Mapping[str, Mapping[str, Any]], loose: Sequence[Mapping[str, Any]] = ()
) -> list[Part]:
    """The parts of an article, each with what flags say of it.

    `said` is by part, as `queries.case_desk` has it, `loose` are quotations of no part. What a part does not have any
    more is marked where another has it by now, for texts are cut in two, joined and moved.
    """
    marks, lost = _placed(parts, said, loose)
    return [
        Part(
            part["id"],
            part["kind"],
            pieces(part["text"], marks.get(part["id"], ())),
            said.get(part["id"], {"reasons": ()})["reasons"],
            lost.get(part["id"], ()),
        )
        for part in parts
    ]


def astray(
    parts: Sequence[Mapping[str, Any]], said: Mapping[str, Mapping[str, Any]], loose: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The quotations that no part can show beside it: their part is gone, or they never had one."""
    _, lost = _placed(parts, said, loose)
    here = {part["id"] for part in parts}
    return [quoted for part, quotations in lost.items() if part not in here for quoted in quotations]


Marks = list[tuple[int, int, int]]


def _placed(
    parts: Sequence[Mapping[str, Any]], said: Mapping[str, Mapping[str, Any]], loose: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Marks], dict[str | None, list[Mapping[str, Any]]]]:
    """By part, the marks of what is quoted of it, and by the part that it was quoted of, what stands nowhere now."""
    places = _Places(parts)
    quotations: list[tuple[str | None, Mapping[str, Any]]] = [(None, quoted) for quoted in loose]
    quotations += [(part, quoted) for part, told in said.items() for quoted in told["quotations"]]
    marks: defaultdict[str, Marks] = defaultdict(list)
    lost: defaultdict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for part, quoted in quotations:
        found = places.find(part, quoted)
        if found is None:
            lost[part].append(quoted)
        else:
            where, span = found
            marks[where].append((span.start, span.end, quoted["flags"]))
    return marks, lost


class _Places:
    """The parts of an article, to find in them what was quoted of one of them, or of none."""

    def __init__(self, parts: Sequence[Mapping[str, Any]]) -> None:
        self._ids = [part["id"] for part in parts]
        self._own = {part["id"]: Searchable([part["text"]]) for part in parts}
        self._anywhere = Searchable([part["text"] for part in parts])

    def find(self, part: str | None, quoted: Mapping[str, Any]) -> tuple[str, Span] | None:
        """The part that has a quotation, and where in it.

        In another part than the one that it was quoted of, it is the same only among words that stood around it there:
        who was quoted may be contradicted with his own words.
        """
        if part is not None and part in self._own:
            span = self._own[part].find(quoted)
            if span is not None:
                return part, span
        distinctive = part is None or len(quoted["exact"]) >= DISTINCTIVE
        span = self._anywhere.find(quoted, in_context=part is not None) if distinctive else None
        return None if span is None else (self._ids[span.place], span)


def pictures(images: Sequence[Mapping[str, str]], but: Sequence[Mapping[str, str]] = ()) -> list[Picture]:
    """The images of a revision, without those that another one has as well."""
    told = [(number, Image.from_json(image)) for number, image in enumerate(images, 1) if image not in but]
    return [Picture(number, image.alt, image.host) for number, image in told]


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
