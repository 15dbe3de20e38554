"""One image of the article that a case is about."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.articles.content import Image
from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.errors import NotFound
from moderation_service.queries.case import case_for
from moderation_service.sites.people import Person


def case_image(session: Session, case_id: int, person: Person, number: int, *, revision: int | None = None) -> Image:
    """The image of that number, from 1, in a revision of a case's article; in the newest, unless told otherwise.

    Raises:
        NotFound: there is none, or no such case for this person.
    """
    case = case_for(session, case_id, person)
    newest = session.get_one(Article, case.article_id).current_revision
    asked = newest if revision is None else min(revision, newest + 1)  # a number that the database can hold
    shown = session.get(ArticleRevision, (case.article_id, asked))
    images = (shown.images if shown else None) or []
    if not 1 <= number <= len(images):
        raise NotFound("There is no such image")
    return Image.from_json(images[number - 1])
