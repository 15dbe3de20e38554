"""Whether the parts that the page marks are those of the article."""

from __future__ import annotations

from collections.abc import Iterator

from moderation_service.inspection.finding import Finding, good, hint, wrong
from moderation_service.inspection.seen import Seen

ABOUT = "parts"
DATELINE = "dateline"  # nobody misses a mark on it


def findings(seen: Seen) -> Iterator[Finding]:
    """That they are; nothing where the service does not know what the articles on the page say, or shows none."""
    articles = seen.known.articles.values()
    there = {part for article in articles for part in (*article.shown, *article.removed)}
    if not there or all(article.is_gone for article in articles):
        return
    faults = [*_removed(seen), *_strange(seen, there), *_missing(seen)]
    yield from faults or [good(ABOUT, "All parts of the article are marked")]


def _removed(seen: Seen) -> Iterator[Finding]:
    """About parts that were taken out: their words are not to be there, and a notice in their place has no mark."""
    shown = {part for article in seen.known.articles.values() for part in article.shown}
    for external_id, article in seen.known.articles.items():
        standing = {part for part, text in article.removed.items() if _stands(seen, part, text)}
        ask = f"Ask GET {seen.service}/v1/articles/{external_id} before you show it, and leave out what was removed."
        if standing:
            words = f"The page shows parts of the article {external_id} that were taken down: {_list(sorted(standing))}"
            yield wrong(ABOUT, words, ask)
        filled = {mark.part for mark in seen.page.markup.marks if mark.text.strip()}
        if others := sorted((filled & set(article.removed)) - standing - shown):
            words = f"Something stands in parts of the article {external_id} that were taken down: {_list(others)}"
            yield hint(ABOUT, words, f"{ask} A notice in their place needs no data-flag-part.")


def _stands(seen: Seen, part: str, text: str) -> bool:
    """Whether an element that is marked as this part has its words, whatever their punctuation and spaces."""
    words = _letters(text)
    return words != "" and any(words in _letters(mark.text) for mark in seen.page.markup.marks if mark.part == part)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _strange(seen: Seen, there: set[str]) -> Iterator[Finding]:
    named = {element.attributes["part"] for element in seen.page.markup.elements if "part" in element.attributes}
    if strange := sorted((_marked(seen) | named) - there):
        words = f"The article has no part {_list(strange)}: a flag about it is refused. It has {_list(sorted(there))}"
        yield wrong(ABOUT, words, "Take the ids of GET /v1/articles/{id}, and send the article whenever it changes.")


def _missing(seen: Seen) -> Iterator[Finding]:
    marked = _marked(seen)
    shown = {part for article in seen.known.articles.values() if not article.is_gone for part in article.shown}
    if missing := sorted(shown - marked - {DATELINE}):
        words = f"{'Some parts are not' if marked else 'No part is'} marked: {_list(missing)}"
        remedy = (
            'Write data-flag-part="p1" and so on at what shows them: then words that readers select are found there.'
        )
        yield hint(ABOUT, words, remedy)


def _marked(seen: Seen) -> set[str]:
    return {mark.part for mark in seen.page.markup.marks}


def _list(names: list[str], most: int = 8) -> str:
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])
