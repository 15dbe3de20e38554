"""Our own JSON: the body of `PUT /v1/articles/{external_id}`, with the `external_id` inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard

from moderation_service.articles.content import EXTERNAL_ID, Origin
from moderation_service.articles.importing.dateline import iso_day
from moderation_service.articles.importing.draft import (
    Draft,
    ImportedArticle,
    Line,
    Picture,
    UnreadablePage,
    checked_url,
)

_IN_ARTICLE = {
    *("external_id", "url", "origin", "category", "headline", "dateline"),
    *("language", "paragraphs", "questions", "images"),
}
_IN_DATELINE = {"place", "published_on"}
_IN_IMAGE = {"url", "alt"}


def is_own(document: object) -> TypeGuard[dict[str, object]]:
    """Whether a JSON document is an article in our form rather than JSON-LD."""
    return isinstance(document, dict) and not document.keys() & {"@context", "@graph", "@type"}


def read_own(document: Mapping[str, object], *, line: int, language: str) -> ImportedArticle:
    """The article in a JSON object that begins on `line`; `language` is for one that does not say its own.

    Raises:
        UnreadablePage: a field is unknown, missing, of another type, or out of its bounds.
    """
    article = _Fields(document, line)
    article.refuse_others(_IN_ARTICLE)
    dateline = article.nested("dateline")
    dateline.refuse_others(_IN_DATELINE)
    tag = article.text("language")
    draft = Draft(
        end=line,
        category=article.text("category"),
        headline=article.text("headline"),
        place=dateline.text("place"),
        published_on=_published_on(dateline),
        language=tag.text if tag else language,
        paragraphs=article.texts("paragraphs"),
        questions=article.texts("questions"),
        images=[_picture(image) for image in article.objects("images")],
    )
    return ImportedArticle(
        external_id=_external_id(article),
        url=checked_url(article.text("url")),
        origin=_origin(article),
        content=draft.checked(),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one JSON object, asked for by their type; null is as good as absent."""

    values: Mapping[str, object]
    line: int

    def refuse_others(self, known: set[str]) -> None:
        """A misspelt field must not be lost without a word."""
        if unknown := sorted(self.values.keys() - known):
            raise UnreadablePage(self.line, f"there is no field {unknown[0][:40]!r}")

    def text(self, name: str) -> Line | None:
        value = self.values.get(name)
        return None if value is None else self._line(value, name)

    def texts(self, name: str) -> list[Line]:
        return [self._line(value, f"an entry of {name}") for value in self._list(name)]

    def objects(self, name: str) -> list[_Fields]:
        entries = self._list(name)
        if not all(isinstance(entry, dict) for entry in entries):
            raise UnreadablePage(self.line, f"an entry of {name} is not an object")
        return [_Fields(entry, self.line) for entry in entries]

    def nested(self, name: str) -> _Fields:
        values = self.values.get(name)
        if not isinstance(values, dict | None):
            raise UnreadablePage(self.line, f"{name} is not an object")
        return _Fields(values or {}, self.line)

    def _list(self, name: str) -> list[Any]:
        values = self.values.get(name)
        if not isinstance(values, list | None):
            raise UnreadablePage(self.line, f"{name} is not a list")
        return values or []

    def _line(self, value: object, name: str) -> Line:
        if not isinstance(value, str):
            raise UnreadablePage(self.line, f"{name} is not a string")
        return Line(self.line, value)


def _picture(image: _Fields) -> Picture:
    image.refuse_others(_IN_IMAGE)
    url = image.text("url")
    if url is None:
        raise UnreadablePage(image.line, "the url of an image is missing")
    return Picture(url, image.text("alt"))


def _external_id(article: _Fields) -> str:
    found = article.text("external_id")
    if found is None:
        raise UnreadablePage(article.line, "the external_id is missing")
    if not EXTERNAL_ID.fullmatch(found.text):
        reason = "the external_id is not 1 to 200 of A-Z a-z 0-9 . _ - with no dot in front"
        raise UnreadablePage(article.line, reason)
    return found.text


def _origin(article: _Fields) -> Origin:
    found = article.text("origin")
    if found is None:
        return Origin.EDITORIAL
    if found.text not in set(Origin):
        raise UnreadablePage(article.line, f"the origin is none of {', '.join(Origin)}")
    return Origin(found.text)


def _published_on(dateline: _Fields) -> date | None:
    found = dateline.text("published_on")
    try:
        return iso_day(found.text) if found else None
    except ValueError as error:
        raise UnreadablePage(dateline.line, f"published_on: {error}") from error
