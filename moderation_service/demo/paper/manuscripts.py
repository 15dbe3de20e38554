"""The articles as they were written, in the form in which the service takes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from moderation_service.articles.content import Content
from moderation_service.articles.importing import read_page
from moderation_service.demo.world import FILE, world

FOLDER = FILE.parent / "articles"


def manuscripts(origin: str, opened: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each article's id and what it says; `origin` is where the newspaper is.

    The newest is of the day on which the newspaper `opened`: of a story that is told to be years old and was never
    read, the service would rightly expect that nobody will.
    """
    written = {external_id: _read(external_id) for external_id in world()}
    later = opened - max(said.published_on for said in written.values() if said.published_on)
    for external_id, said in written.items():
        known, day = world()[external_id], said.published_on
        yield (
            external_id,
            {
                "url": f"{origin}/articles/{external_id}",
                "origin": known.origin,
                "category": said.category,
                "headline": said.headline,
                "dateline": {"place": said.place, "published_on": day and (day + later).isoformat()},
                "language": known.language,
                "paragraphs": list(said.paragraphs),
                "questions": list(said.questions),
            },
        )


def _read(external_id: str) -> Content:
    file = FOLDER / f"{external_id}.txt"
    return read_page(file.read_bytes(), name=file.name, language=world()[external_id].language).content
