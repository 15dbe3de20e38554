"""Whether the parts that the page marks are those of the article."""

from __future__ import annotations

from collections.abc import Iterator

from moderation_service.inspection.finding import Finding, good, hint, wrong
from moderation_service.inspection.seen import Seen

ABOUT = "parts"
DATELINE = "dateline"  # nobody misses a mark on it


def findings(seen: Seen) -> Iterator[Finding]:
    """That they are; nothing where the service does not know what the articles on the page say."""
    there = {part for parts in seen.known.articles.values() for part in parts}
    if not there:
        return
    marked = set(seen.page.markup.marks)
    named = {element.attributes["part"] for element in seen.page.markup.elements if "part" in element.attributes}
    if strange := sorted((marked | named) - there):
        words = f"The article has no part {_list(strange)}: a flag about it is refused. It has {_list(sorted(there))}"
        yield wrong(ABOUT, words, "Take the ids of GET /v1/articles/{id}, and send the article whenever it changes.")
    if missing := sorted(there - marked - {DATELINE}):
        words = f"{'Some parts are not' if marked else 'No part is'} marked: {_list(missing)}"
        remedy = (
            'Write data-flag-part="p1" and so on at what shows them: then words that readers select are found there.'
        )
        yield hint(ABOUT, words, remedy)
    elif not strange:
        yield good(ABOUT, "All parts of the article are marked")


def _list(names: list[str], most: int = 8) -> str:
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])
