"""Choose the format of a page by what its bytes look like, and read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from moderation_service.articles.importing.draft import (
    ImportedArticle,
    UnreadablePage,
    external_id_from,
    stem,
)
from moderation_service.articles.importing.html_page import json_ld_scripts
from moderation_service.articles.importing.json_ld import articles_in, read_json_ld
from moderation_service.articles.importing.json_text import parse_json
from moderation_service.articles.importing.own_json import is_own, read_own
from moderation_service.articles.importing.plain import read_plain

# `[Opinion]` may be the category of a plain page; a JSON document goes on with a bracket.
_JSON = re.compile(r"\s*(?:\{|\[\s*[\[{\]])")
_HTML = re.compile(r"\s*<[!?A-Za-z]")


def read_page(data: bytes, *, name: str, language: str = "en") -> ImportedArticle:
    """The article in the bytes of one file.

    `name` is the file's; its stem becomes the external id of a page that does not say one. `language` is the
    one of a page that does not say its own.

    Raises:
        UnreadablePage: with the line and the reason.
    """
    text = _decode(data)
    if _HTML.match(text):
        return _read_html(text, name=name, language=language)
    if _JSON.match(text):
        return _read_json(text, name=name, language=language)
    content = read_plain(text, language=language).checked()
    return ImportedArticle(external_id=external_id_from(stem(name)), content=content)


def read_pages(data: bytes, *, name: str, language: str = "en") -> Iterator[ImportedArticle | UnreadablePage]:
    """Every article of one file: one a line in `.jsonl` and `.ndjson`, else the one that `read_page` finds.

    What cannot be read is yielded in its place, so that the others still load.
    """
    if not name.lower().endswith((".jsonl", ".ndjson")):
        yield _attempt(partial(read_page, data, name=name, language=language))
        return
    for number, raw in enumerate(data.split(b"\n"), 1):
        if raw.strip():
            yield _attempt(partial(_read_line, raw, number, name=name, language=language))


def _attempt(read: Callable[[], ImportedArticle]) -> ImportedArticle | UnreadablePage:
    try:
        return read()
    except UnreadablePage as error:
        return error


def _read_line(raw: bytes, number: int, *, name: str, language: str) -> ImportedArticle:
    own_name = f"{stem(name)}-{number}.json"
    return _read_json(_decode(raw, line=number), line=number, name=own_name, language=language)


def _decode(data: bytes, *, line: int = 1) -> str:
    """The text of a file with plain line ends and no byte order mark."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line += len(re.findall(rb"\r\n?|\n", data[: error.start]))
        raise UnreadablePage(line, f"not UTF-8: {error.reason} (byte {data[error.start]:#04x})") from error
    return re.sub(r"\r\n?", "\n", text)


def _read_html(text: str, *, name: str, language: str) -> ImportedArticle:
    """The article in the scripts of a page; a broken script matters only when no other has one."""
    found: list[tuple[int, dict[str, object]]] = []
    broken = None
    for line, script in json_ld_scripts(text):
        try:
            found += [(line, article) for article in articles_in(parse_json(script, line=line))]
        except UnreadablePage as error:
            broken = broken or error
    if not found:
        raise broken or UnreadablePage(1, "the page has no JSON-LD with a NewsArticle")
    # Content systems and their plug-ins often each describe the page, and only one gives the body.
    line, article = next((it for it in found if "articleBody" in it[1]), found[0])
    return read_json_ld(article, line=line, name=name, language=language)


def _read_json(text: str, *, line: int = 1, name: str, language: str) -> ImportedArticle:
    document = parse_json(text, line=line)
    if is_own(document):
        return read_own(document, line=line, language=language)
    article = next(articles_in(document), None)
    if article is None:
        raise UnreadablePage(line, "the JSON is neither an article nor JSON-LD with a NewsArticle")
    return read_json_ld(article, line=line, name=name, language=language)
