"""What one revision of an article says and shows, the parts people point at, and the bounds of both."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count
from urllib.parse import urlsplit

from moderation_service.articles.lineage import trace

# Longest texts, in characters (Unicode code points), and the most there may be of each.
CATEGORY_MAX = 200
HEADLINE_MAX = 500
PLACE_MAX = 200
PARAGRAPH_MAX = 20_000
QUESTION_MAX = 2_000
URL_MAX = 2_000
PARAGRAPHS_MAX = 2_000
QUESTIONS_MAX = 200
ALT_MAX = 1_000
IMAGES_MAX = 20

# Both are written so that clients can read them in the API's document, and are for `fullmatch`: `$` alone lets a
# line end through. No leading dot: a client would resolve `/articles/..` before it sends it.
EXTERNAL_ID = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$")
# The shape of a BCP 47 tag, not its registry; names such as "English" are too long for one.
LANGUAGE_TAG = re.compile(r"^(?=.{2,35}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class Origin(StrEnum):
    """Who wrote it."""

    EDITORIAL = "editorial"
    USER = "user"


class Kind(StrEnum):
    """What sort of part it is."""

    HEADLINE = "headline"
    DATELINE = "dateline"
    PARAGRAPH = "paragraph"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that an article shows: where it is, and what it shows in words. No part: nobody flags or redacts it."""

    url: str
    alt: str = ""

    @property
    def host(self) -> str:
        """The host that it comes from."""
        return urlsplit(self.url).hostname or ""

    def to_json(self) -> dict[str, str]:
        """This image as a JSON object."""
        return {"url": self.url, "alt": self.alt}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Image:
        """The image that `to_json` made `value` of."""
        return cls(value["url"], value["alt"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything a revision says; two revisions that say the same are the same."""

    category: str
    headline: str
    place: str | None = None
    published_on: date | None = None
    language: str = "en"
    paragraphs: tuple[str, ...]
    questions: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()

    @property
    def dateline(self) -> str | None:
        """Place and ISO date as readers see them, or None when the article has neither."""
        day = self.published_on.isoformat() if self.published_on else None
        return ", ".join(filter(None, (self.place, day))) or None

    def digest(self) -> bytes:
        """The 32 bytes of SHA-256 over the fields as canonical JSON.

        The form is RFC 8785: one object with the field names of this class as keys, sorted, no white space,
        dates as `YYYY-MM-DD`, nothing left out (null and [] where there is nothing), in UTF-8. Only `images` is not
        there where there are none: revisions from before articles could name them have kept their digest.

        Raises:
            UnicodeEncodeError: a text has a lone surrogate (see `text_fault`).
        """
        said = dataclasses.asdict(self)
        if not self.images:
            del said["images"]
        canonical = json.dumps(said, default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).digest()


@dataclass(frozen=True, slots=True)
class Part:
    """One piece that can be flagged and redacted; its id follows it from revision to revision."""

    id: str
    kind: Kind
    text: str

    def to_json(self) -> dict[str, str]:
        """This part as a JSON object."""
        return {"id": self.id, "kind": self.kind.value, "text": self.text}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Part:
        """The part that `to_json` made `value` of."""
        return cls(value["id"], Kind(value["kind"]), value["text"])


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of one revision, and the first numbers that no part of the article ever had.

    Store all three: a number that is handed out twice would put an old redaction on a new text.

    Raises:
        ValueError: a part already has a number that is said to be free.
    """

    parts: tuple[Part, ...] = ()
    next_paragraph: int = 1
    next_question: int = 1

    def __post_init__(self) -> None:
        free = {Kind.PARAGRAPH: self.next_paragraph, Kind.QUESTION: self.next_question}
        for part in self.parts:
            if part.kind in free and int(part.id[1:]) >= free[part.kind]:
                raise ValueError(f"{part.id} is taken, but {free[part.kind]} was said to be free")


NO_OUTLINE = Outline()


def outline_of(content: Content, previous: Outline = NO_OUTLINE) -> Outline:
    """The parts of `content`, each with the id that its text has in `previous`.

    Ids are `headline`, `dateline` (only when there is a place or a date), `p1`…, `q1`…, in reading order.
    `lineage.trace` says which text goes on as which; every other one gets a number never used before.
    """
    paragraphs, next_paragraph = _number(Kind.PARAGRAPH, content.paragraphs, previous.parts, previous.next_paragraph)
    questions, next_question = _number(Kind.QUESTION, content.questions, previous.parts, previous.next_question)
    return Outline((*_fixed_parts(content), *paragraphs, *questions), next_paragraph, next_question)


def text_fault(value: str) -> str | None:
    """Why `value` is no text we keep, as words that follow a field's name; None when it is.

    PostgreSQL refuses NUL and UTF-8 has no lone surrogates; of the other C0 controls, tab and line ends stay.
    """
    found = _FORBIDDEN.search(value)
    if found is None:
        return None
    char, where = found[0], f"at character {found.start() + 1}"
    if char == "\0":
        return f"has a NUL {where}"
    kind = "lone surrogate" if char >= "\ud800" else "control character"
    return f"has the {kind} U+{ord(char):04X} {where}"


def url_fault(value: str) -> str | None:
    """Why `value` is no web address we keep, as words that follow a field's name; None when it is."""
    if len(value) > URL_MAX:
        return f"is longer than {URL_MAX:,} characters"
    if re.search(r"[\s\x00-\x20\x7f]", value):
        return "has white space or a control character"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port  # a port that cannot be raises, too
    except ValueError:
        return "is not a URL"
    if parts.scheme not in {"http", "https"} or not host or "\\" in parts.netloc:  # browsers end the host there
        return "is not an http or https URL"
    return text_fault(value)


def _fixed_parts(content: Content) -> Iterator[Part]:
    yield Part("headline", Kind.HEADLINE, content.headline)
    if content.dateline:
        yield Part("dateline", Kind.DATELINE, content.dateline)


def _number(
    kind: Kind, texts: Sequence[str], previous: Sequence[Part], first_free: int
) -> tuple[tuple[Part, ...], int]:
    """The parts of one kind, and the first number still free after them."""
    old = [part for part in previous if part.kind is kind]
    same = trace([part.text for part in old], texts)
    free = count(first_free)
    ids = (old[same[place]].id if place in same else f"{kind[0]}{next(free)}" for place in range(len(texts)))
    return tuple(Part(id, kind, text) for id, text in zip(ids, texts, strict=True)), next(free)
