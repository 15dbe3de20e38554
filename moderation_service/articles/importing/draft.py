"""An article as a format found it, and the check that makes an importable one of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from moderation_service.articles import content as bounds
from moderation_service.articles.content import Content, Image, Origin, text_fault, url_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedArticle:
    """An article ready to be stored, under the id that its site knows it by."""

    external_id: str
    url: str | None = None
    origin: Origin = Origin.EDITORIAL
    content: Content


class UnreadablePage(ValueError):
    """A page cannot be read; `line` counts from 1, `reason` is for the person who has the file."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Line(NamedTuple):
    """A text and the line of the file it begins on."""

    number: int
    text: str


class Picture(NamedTuple):
    """Where an image is, and what it shows in words, if its page says so."""

    url: Line
    alt: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a format found, nothing checked but the types; `end` is the line to name for what is missing."""

    end: int
    category: Line | None
    headline: Line | None
    place: Line | None = None
    published_on: date | None = None
    language: str
    paragraphs: Sequence[Line]
    questions: Sequence[Line] = ()
    images: Sequence[Picture] = ()

    def checked(self) -> Content:
        """The content, within all bounds.

        Raises:
            UnreadablePage: something is missing, too long, too many, or no valid text.
        """
        if not bounds.LANGUAGE_TAG.fullmatch(self.language):
            raise UnreadablePage(self.end, f"{self.language[:40]!r} is not a BCP 47 language tag")
        return Content(
            category=self._needed(self.category, "the category", bounds.CATEGORY_MAX),
            headline=self._needed(self.headline, "the headline", bounds.HEADLINE_MAX),
            place=None if self.place is None else _within(self.place, "the place", bounds.PLACE_MAX),
            published_on=self.published_on,
            language=self.language,
            paragraphs=self._paragraphs(),
            questions=_all(self.questions, "question", bounds.QUESTION_MAX, bounds.QUESTIONS_MAX),
            images=self._images(),
        )

    def _needed(self, line: Line | None, name: str, limit: int) -> str:
        if line is None:
            raise UnreadablePage(self.end, f"{name} is missing")
        return _within(line, name, limit)

    def _paragraphs(self) -> tuple[str, ...]:
        if not self.paragraphs:
            raise UnreadablePage(self.end, "there is no paragraph")
        return _all(self.paragraphs, "paragraph", bounds.PARAGRAPH_MAX, bounds.PARAGRAPHS_MAX)

    def _images(self) -> tuple[Image, ...]:
        if len(self.images) > bounds.IMAGES_MAX:
            raise UnreadablePage(
                self.images[bounds.IMAGES_MAX].url.number, f"there are more than {bounds.IMAGES_MAX} images"
            )
        return tuple(_image(picture, place) for place, picture in enumerate(self.images, 1))


def checked_url(line: Line | None) -> str | None:
    """The URL of `line`, when it is one that we keep.

    Raises:
        UnreadablePage: it is not.
    """
    if line is not None and (fault := url_fault(line.text)):
        raise UnreadablePage(line.number, f"the url {fault}")
    return line.text if line is not None else None


def external_id_from(name: str) -> str:
    """The external id for a file or an identifier of this name: itself, where its characters allow.

    Otherwise other characters become `-` and eight hex digits of its SHA-256 are added, so that two names do
    not meet in one id.
    """
    if bounds.EXTERNAL_ID.fullmatch(name):
        return name
    mark = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name[:190]).strip('.-') or 'page'}-{mark}"


def stem(name: str) -> str:
    """The name of a file without its folder and its last suffix."""
    return PurePath(name).stem


def _within(line: Line, name: str, limit: int) -> str:
    """The text of `line`, when it is valid text of 1 to `limit` characters; `name` begins the refusal."""
    if fault := text_fault(line.text):
        raise UnreadablePage(line.number, f"{name} {fault}")
    if not line.text.strip():
        raise UnreadablePage(line.number, f"{name} is empty")
    if len(line.text) > limit:
        raise UnreadablePage(line.number, f"{name} is longer than {limit:,} characters")
    return line.text


def _image(picture: Picture, place: int) -> Image:
    if fault := url_fault(picture.url.text):
        raise UnreadablePage(picture.url.number, f"the url of image {place} {fault}")
    alt = picture.alt
    said = _within(alt, f"the alt of image {place}", bounds.ALT_MAX) if alt is not None and alt.text.strip() else ""
    return Image(picture.url.text, said)


def _all(lines: Sequence[Line], name: str, limit: int, most: int) -> tuple[str, ...]:
    if len(lines) > most:
        raise UnreadablePage(lines[most].number, f"there are more than {most:,} {name}s")
    return tuple(_within(line, f"{name} {place}", limit) for place, line in enumerate(lines, 1))
