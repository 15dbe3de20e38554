"""The articles as they were written, in the form in which the service takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moderation_service.articles.importing import read_page
from moderation_service.demo.world import FILE, world

FOLDER = FILE.parent / "articles"


def manuscripts(origin: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each article's id and what it says; `origin` is where the newspaper is."""
    for external_id, known in world().items():
        file = FOLDER / f"{external_id}.txt"
        said = read_page(file.read_bytes(), name=file.name, language=known.language).content
        day = said.published_on
        yield (
            external_id,
            {
                "url": f"{origin}/articles/{external_id}",
                "origin": known.origin,
                "category": said.category,
                "headline": said.headline,
                "dateline": {"place": said.place, "published_on": day and day.isoformat()},
                "language": known.language,
                "paragraphs": list(said.paragraphs),
                "questions": list(said.questions),
            },
        )
