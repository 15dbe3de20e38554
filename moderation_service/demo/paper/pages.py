"""What the pages show, made ready for their templates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from moderation_service.client import ClientError, Listed, Visible
from moderation_service.demo.paper.shelf import Seen
from moderation_service.demo.paper.words import SECTIONS, edition_of, section_of
from moderation_service.demo.world import world

LEADS = 3  # stories on top of the front page
OF_THE_FIRST = 3  # paragraphs of the first of them
IN_SECTION = 4  # stories of a section on the front page

RANK = {external_id: rank for rank, external_id in enumerate(world())}


@dataclass(frozen=True, slots=True)
class Story:
    """A story on a page that leads to it; `teaser` is its beginning, as much of it as there is room for."""

    row: Listed
    section: str
    teaser: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Front:
    """The front page of an edition: what leads, and the sections with the rest."""

    leads: Sequence[Story]
    sections: dict[str, Sequence[Story]]


def stories(rows: Sequence[Listed], edition: str, section: str | None = None) -> list[Story]:
    """The stories of an edition, or of one of its sections: those that came in by other ways first, then as ranked."""
    of_edition = [Story(row, section_of(row.category)) for row in rows if edition_of(row.language) == edition]
    chosen = [story for story in of_edition if section in {None, story.section}]
    return sorted(chosen, key=lambda story: (RANK.get(story.row.external_id, -1), story.row.external_id))


def front_of(rows: Sequence[Listed], edition: str, read: Callable[[str], Seen]) -> Front:
    """The front page; `read` asks for an article, for the beginnings of some."""
    leads: list[Story] = []
    by_section = defaultdict(list)
    for story in stories(rows, edition):
        # What readers wrote does not lead.
        if story.row.origin != "editorial" or len(leads) == LEADS:
            by_section[story.section].append(story)
        elif lead := teased(story, read, 1 if leads else OF_THE_FIRST):
            leads.append(lead)
    return Front(leads, {name: by_section[name][:IN_SECTION] for name in SECTIONS if by_section[name]})


def teased(story: Story, read: Callable[[str], Seen], most: int = 1) -> Story | None:
    """A story with so many of its first paragraphs, as far as they may be shown; None where none of it may be.

    Of a headline, too, the article says last whether it may be shown: the list was asked for before.
    """
    try:
        answer = read(story.row.external_id).answer
    except ClientError:
        return story
    if not isinstance(answer, Visible):
        return None
    row = replace(story.row, headline=answer.headline, place=answer.place, published_on=answer.published_on)
    shown = [part.text for part in answer.parts if part.kind == "paragraph" and part.text]
    return Story(row, story.section, shown[:most])


def next_story(rows: Sequence[Listed], article: Visible) -> Listed | None:
    """Where to go on reading: the next of the section, or else of the edition; None where there is no other."""
    edition, section = edition_of(article.language), section_of(article.category)
    for ranked in (stories(rows, edition, section), stories(rows, edition)):
        ids = [story.row.external_id for story in ranked]
        if ids != [article.external_id] and ids:
            place = ids.index(article.external_id) if article.external_id in ids else -1
            return ranked[(place + 1) % len(ranked)].row
    return None
