"""JSON-LD: a schema.org `NewsArticle`, one of its subtypes, or `Article`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date

from moderation_service.articles.content import IMAGES_MAX, url_fault
from moderation_service.articles.importing.dateline import iso_day, split_dateline
from moderation_service.articles.importing.draft import (
    Draft,
    ImportedArticle,
    Line,
    Picture,
    UnreadablePage,
    checked_url,
    external_id_from,
    stem,
)


def articles_in(document: object) -> Iterator[dict[str, object]]:
    """Each news article at the top of a JSON-LD document, in its lists, its `@graph` or as a `mainEntity`."""
    waiting = deque([document])
    while waiting:
        node = waiting.popleft()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            if any(kind == "Article" or kind.endswith("NewsArticle") for kind in _types(node)):
                yield node
            waiting += [node.get("@graph"), node.get("mainEntity")]


def read_json_ld(node: Mapping[str, object], *, line: int, name: str, language: str) -> ImportedArticle:
    """The article in a JSON-LD node of a document that begins on `line` of the file `name`.

    Raises:
        UnreadablePage: a needed property is missing, or a property is out of bounds or no date.
    """
    for needed in ("articleSection", "headline", "articleBody"):
        if _first(node.get(needed), "name") is None:
            raise UnreadablePage(line, f"the NewsArticle has no {needed}")
    url = _url(node)
    return ImportedArticle(
        external_id=external_id_from(_first(node.get("identifier"), "value") or stem(name)),
        url=checked_url(Line(line, url) if url else None),
        content=_draft(node, line, language).checked(),
    )


def _draft(node: Mapping[str, object], line: int, language: str) -> Draft:
    try:
        place, day = _dateline(node)
    except ValueError as error:
        raise UnreadablePage(line, str(error)) from error
    tag = _first(node.get("inLanguage"), "alternateName", "name") or language
    return Draft(
        end=line,
        category=Line(line, _first(node.get("articleSection"), "name") or ""),
        headline=Line(line, _first(node.get("headline"), "name") or ""),
        place=Line(line, place) if place else None,
        published_on=day,
        language=tag.replace("_", "-"),
        paragraphs=[Line(line, text) for text in _paragraphs(_first(node.get("articleBody"), "name") or "")],
        questions=[Line(line, text) for text in _questions(node)],
        images=[Picture(Line(line, url), Line(line, alt)) for url, alt in _images(node).items()][:IMAGES_MAX],
    )


def _types(node: Mapping[str, object]) -> list[str]:
    """The types of a node without `https://schema.org/` or `schema:`."""
    return [re.split(r"[/#:]", kind)[-1] for kind in _strings(node.get("@type"))]


def _items(value: object) -> list[object]:
    """JSON-LD lets any property have one value or several."""
    return value if isinstance(value, list) else [value]


def _strings(value: object, *keys: str) -> Iterator[str]:
    """The texts in a property: plain, as `@value`, or under one of `keys` of an object; numbers in digits."""
    for item in _items(value):
        found = item
        if isinstance(item, dict):
            found = next((item[key] for key in ("@value", *keys) if key in item), None)
        if type(found) in {str, int} and str(found).strip():
            yield str(found).strip()


def _first(value: object, *keys: str) -> str | None:
    return next(_strings(value, *keys), None)


def _dateline(node: Mapping[str, object]) -> tuple[str | None, date | None]:
    """Place and day; `dateline` says where the text was written, and now and then also when."""
    place, day = split_dateline(_first(node.get("dateline")) or "")
    if published := _first(node.get("datePublished")):
        day = iso_day(published)
    return place or _location(node), day


def _location(node: Mapping[str, object]) -> str | None:
    for place in (*_items(node.get("locationCreated")), *_items(node.get("contentLocation"))):
        address = place.get("address") if isinstance(place, dict) else None
        if isinstance(address, dict):
            address = ", ".join(_strings([address.get("addressLocality"), address.get("addressCountry")], "name"))
        if found := _first(place, "name") or _first(address):
            return found
    return None


def _paragraphs(body: str) -> list[str]:
    """The paragraphs of `articleBody`: between blank lines, or else one a line."""
    text = re.sub(r"\r\n?", "\n", body)
    blank = r"\n[^\S\n]*\n"
    pieces = re.split(blank if re.search(blank, text) else r"\n", text)
    return [re.sub(r"[ \t\n]+", " ", piece).strip() for piece in pieces if piece.strip()]


def _questions(node: Mapping[str, object]) -> Iterator[str]:
    for item in (*_items(node.get("mentions")), *_items(node.get("hasPart"))):
        if isinstance(item, dict) and "Question" in _types(item):
            yield from _strings(item.get("name") or item.get("text"))


def _images(node: Mapping[str, object]) -> dict[str, str]:
    """What the images show in words, by their addresses; pages name one image in many sizes, and some by no address."""
    found: dict[str, str] = {}
    for item in _items(node.get("image")):
        url = _first(item, "contentUrl", "url")
        if url is not None and not url_fault(url):
            found.setdefault(
                url, (_first(item, "caption", "description", "name") or "") if isinstance(item, dict) else ""
            )
    return found


def _url(node: Mapping[str, object]) -> str | None:
    """The first web address among the properties that may name the page."""
    for key in ("url", "mainEntityOfPage", "@id"):
        for found in _strings(node.get(key), "@id", "url"):
            if found.startswith(("http://", "https://")):
                return found
    return None
