"""Articles: recorded revision by revision, found for a flag, and shown as far as the store allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles.content import Content, Origin, Outline, Part, outline_of
from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.audit import service as audit
from moderation_service.errors import Crossed, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a `put`: `created` for a new article, `changed` for a new revision, `unchanged` for neither."""

    article: Article
    outcome: str


def put(
    session: Session,
    site_id: int,
    external_id: str,
    content: Content,
    *,
    url: str | None,
    origin: Origin,
    actor: str,
) -> Recorded:
    """Record what an article says now; the same content again changes nothing.

    An article that was flagged by its URL before the site told us its id is completed, not doubled.

    Raises:
        Crossed: another article of the site, known only by its URL, was taken over by someone else just now.
    """
    article = _lock_or_create(session, site_id, external_id, url)
    article.origin = origin
    article.url = url or article.url
    article.title = content.headline
    if session.is_modified(article):
        article.updated_at = func.now()
    current = latest_revision(session, article)
    if current is not None and current.content_hash == content.digest():
        return Recorded(article, "unchanged")
    revision = _add_revision(session, article, content, current)
    audit.append(
        session,
        actor=actor,
        action="article.revised",
        subject=f"article:{article.id}",
        site_id=site_id,
        before=_evidence(current) if current else None,
        after=_evidence(revision),
        detail={"revision": revision.number},
    )
    return Recorded(article, "created" if revision.number == 1 else "changed")


def _evidence(revision: ArticleRevision) -> ColumnElement[bytes]:
    this = ArticleRevision.article_id == revision.article_id, ArticleRevision.number == revision.number
    return audit.evidence(ArticleRevision, *this)


def _lock_or_create(session: Session, site_id: int, external_id: str, url: str | None) -> Article:
    """The article's row, locked: revisions are numbered one after the other."""
    by_id = select(Article).where(Article.site_id == site_id, Article.external_id == external_id).with_for_update()
    read_anew = {"populate_existing": True}  # what this session knew from before it had the lock may be old
    article = session.scalar(by_id, execution_options=read_anew)
    if article is None:
        _adopt(session, site_id, external_id, url)
        session.execute(
            insert(Article)
            .values(site_id=site_id, external_id=external_id, url=url)
            .on_conflict_do_nothing(index_elements=["site_id", "external_id"])
        )
        article = session.scalar(by_id, execution_options=read_anew)
    if article is None:
        raise Crossed("This article was changed at the same moment; send it again")
    return article


def _adopt(session: Session, site_id: int, external_id: str, url: str | None) -> None:
    """Give an article known only by its URL the id that the site has for it."""
    if url is not None:
        session.execute(
            update(Article)
            .where(Article.site_id == site_id, Article.url == url, Article.external_id.is_(None))
            .values(external_id=external_id)
            .execution_options(synchronize_session=False)
        )


def _add_revision(
    session: Session, article: Article, content: Content, current: ArticleRevision | None
) -> ArticleRevision:
    parts = tuple(Part.from_json(part) for part in current.parts) if current else ()
    outline = outline_of(content, Outline(parts, article.next_paragraph, article.next_question))
    revision = ArticleRevision(
        article_id=article.id,
        number=article.current_revision + 1,
        content_hash=content.digest(),
        category=content.category,
        headline=content.headline,
        place=content.place,
        published_on=content.published_on,
        language=content.language,
        parts=[part.to_json() for part in outline.parts],
        part_ids=[part.id for part in outline.parts],
        images=[image.to_json() for image in content.images] or None,
    )
    session.add(revision)
    article.current_revision = revision.number
    article.next_paragraph = outline.next_paragraph
    article.next_question = outline.next_question
    article.updated_at = func.now()
    session.flush()
    return revision


def locate_or_note(
    session: Session, site_id: int, *, external_id: str | None, url: str | None, title: str | None
) -> Article:
    """The article a flag means; one not yet known is noted with its URL and title, to be completed by the site.

    Raises:
        Invalid: it is not known and came with no URL.
    """
    article = locate(session, site_id, external_id, url)
    if article is not None:
        return article
    if url is None:
        raise Invalid("This article is not known; send its URL and title with the flag", field="article.url")
    session.execute(
        insert(Article).values(site_id=site_id, external_id=external_id, url=url, title=title).on_conflict_do_nothing()
    )
    article = locate(session, site_id, external_id, url)
    if article is None:
        raise Crossed("This article was changed at the same moment; send the flag again")
    return article


def locate(session: Session, site_id: int, external_id: str | None, url: str | None) -> Article | None:
    """The article of a site that is meant by its id there, or by its address; None where it is not known."""
    query = select(Article).where(Article.site_id == site_id)
    if external_id is not None:
        found = session.scalar(query.where(Article.external_id == external_id))
        if found is not None or url is None:
            return found
        return session.scalar(query.where(Article.url == url, Article.external_id.is_(None)))
    return session.scalar(query.where(Article.url == url).order_by(Article.id).limit(1))


def find(session: Session, site_id: int, external_id: str) -> Article:
    """The site's article of that id.

    Raises:
        NotFound: there is none.
    """
    article = session.scalar(select(Article).where(Article.site_id == site_id, Article.external_id == external_id))
    if article is None:
        raise NotFound("There is no article of this id")
    return article


def latest_revision(session: Session, article: Article) -> ArticleRevision | None:
    """What the article says now; None before the site has told us."""
    return session.get(ArticleRevision, (article.id, article.current_revision))


def part_ids(session: Session, article_id: int, number: int) -> list[str] | None:
    """The ids of the parts in a revision; None when there is no such revision."""
    return session.scalar(
        select(ArticleRevision.part_ids).where(
            ArticleRevision.article_id == article_id, ArticleRevision.number == number
        )
    )


def parts_of(session: Session, article_id: int, number: int) -> list[dict[str, str]]:
    """The parts of a revision, in the order in which they are read; none before the site has told us."""
    revision = session.get(ArticleRevision, (article_id, number))
    return [] if revision is None else revision.parts


def describe(article: Article, revision: ArticleRevision | None) -> dict[str, Any]:
    """The article with all its parts and images, as moderators and the site itself see it."""
    base: dict[str, Any] = {
        "external_id": article.external_id,
        "url": article.url,
        "origin": article.origin,
        "revision": article.current_revision,
        "title": article.title,
    }
    if revision is None:
        return base | {"parts": [], "images": []}
    return base | {
        "revision": revision.number,
        "content_hash": revision.content_hash.hex(),
        "category": revision.category,
        "headline": revision.headline,
        "dateline": dateline(revision),
        "language": revision.language,
        "parts": revision.parts,
        "images": revision.images or [],
    }


def dateline(revision: ArticleRevision) -> dict[str, str | None]:
    """Where and when, as others are told."""
    day = revision.published_on
    return {"place": revision.place, "published_on": day.isoformat() if day else None}
