"""One image of the article that a case, or a decision drawn from it, is about."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.articles.content import Image
from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.decisions import quality
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
    return _image_of(session, case.article_id, asked, number)


def sample_image(session: Session, sample_id: int, person: Person, number: int) -> Image:
    """The image of that number, from 1, in the revision that a drawn decision was made on.

    Raises:
        NotFound: there is none.
        NotFound, Forbidden, Conflict: as `quality.open_to`.
    """
    _, made = quality.open_to(session, sample_id, person)
    return _image_of(session, made.article_id, made.revision, number)


def _image_of(session: Session, article_id: int, revision: int, number: int) -> Image:
    shown = session.get(ArticleRevision, (article_id, revision))
    images = (shown.images if shown else None) or []
    if not 1 <= number <= len(images):
        raise NotFound("There is no such image")
    return Image.from_json(images[number - 1])
