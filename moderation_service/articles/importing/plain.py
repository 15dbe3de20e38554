"""The plain-text page: what a reader gets who saves an article's page as text.

    CATEGORY
    Headline
    Place, CountryWed Feb 12 2025       (run together or apart; or only one; or on two lines; or not there)
    Paragraph                           (one a line)
    continue reading...                 (ends the body; what follows belongs to the page, not to the article)
    questions
    A reader's question?                (one a line)
    actions
    flag content                        (the page's buttons, passed over)

Blank lines and white space around a line mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from moderation_service.articles.content import PLACE_MAX
from moderation_service.articles.importing.dateline import split_dateline
from moderation_service.articles.importing.draft import Draft, Line, UnreadablePage

_BODY = "body"
_MORE = re.compile(r"continue reading ?(?:…|\.\.\.)", re.IGNORECASE)
# "D.C." ends a place.
_END_OF_SENTENCE = re.compile(r"(?<!\.[A-Z])[.!?…:]\W?\Z")


def read_plain(text: str, *, language: str) -> Draft:
    """The draft of a plain-text page.

    Raises:
        UnreadablePage: its date does not exist.
    """
    sections = _sections(text)
    body = sections[_BODY]
    place, day, used = _dateline(body[2:])
    return Draft(
        end=body[-1].number + 1 if body else 1,
        category=body[0] if body else None,
        headline=body[1] if len(body) > 1 else None,
        place=place,
        published_on=day,
        language=language,
        paragraphs=body[2 + used :],
        questions=sections["questions"],
    )


def _sections(text: str) -> dict[str, list[Line]]:
    """The lines that are not blank, by the section they stand in."""
    sections: dict[str, list[Line]] = {_BODY: [], "furniture": [], "questions": [], "actions": []}
    current = _BODY
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line in {"questions", "actions"}:
            current = line
        elif _MORE.fullmatch(line):
            current = "furniture"
        elif line:
            sections[current].append(Line(number, line))
    return sections


def _dateline(lines: Sequence[Line]) -> tuple[Line | None, date | None, int]:
    """Place, day, and how many of the lines below the headline say them."""
    if not lines:
        return None, None, 0
    place, day = _split(lines[0])
    where = Line(lines[0].number, place) if place else None
    if day:
        return where, day, 1
    if len(lines) == 1 or not _is_place(lines[0].text):
        return None, None, 0
    rest, day = _split(lines[1])
    return (where, day, 2) if rest is None else (where, None, 1)


def _split(line: Line) -> tuple[str | None, date | None]:
    try:
        return split_dateline(line.text)
    except ValueError as error:
        raise UnreadablePage(line.number, f"the dateline: {error}") from error


def _is_place(text: str) -> bool:
    """Whether a line without a date reads as a place rather than as a first paragraph."""
    return len(text) <= PLACE_MAX and not _END_OF_SENTENCE.search(text)
