"""Articles: recorded revision by revision, found for a flag, and shown as far as the store allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles.addresses import address_fault, normal, spellings
from moderation_service.articles.aliases import known_as
from moderation_service.articles.content import Content, Origin, Outline, Part, outline_of
from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.audit import service as audit
from moderation_service.errors import Crossed, Invalid, NotFound
from moderation_service.sites.addresses import is_own
from moderation_service.sites.models import Site


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

    An article that was flagged by its URL before the site told us its id is completed, not doubled. What
    readers said of its address is forgotten with the first that the site says of it.

    Raises:
        Invalid: its address is longer than can be kept.
        Crossed: another article of the site, known only by its URL, was taken over by someone else just now.
    """
    told_at = None if url is None else _normal(url, field="url")
    article = _lock_or_create(session, site_id, external_id, url)
    article.origin = origin
    article.url = told_at or (article.url if article.is_told else None)
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
        waits = select(Article.id).where(
            Article.site_id == site_id, Article.url.in_(spellings(url)), Article.external_id.is_(None)
        )
        session.execute(
            update(Article)
            .where(Article.id == waits.order_by(Article.id).limit(1).scalar_subquery())
            .where(Article.external_id.is_(None))
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
        Invalid: it is not known and came with no URL, or with that of a page that is not the site's.
    """
    article = locate(session, site_id, external_id, url)
    if article is not None:
        return article
    noted = insert(Article).values(
        site_id=site_id, external_id=external_id, url=_own_page(session, site_id, url), title=title
    )
    session.execute(noted.on_conflict_do_nothing())
    article = locate(session, site_id, external_id, url)
    if article is None:
        raise Crossed("This article was changed at the same moment; send the flag again")
    return article


def _own_page(session: Session, site_id: int, url: str | None) -> str:
    """The address of a page of the site that somebody else gave; no other is kept, or the site would be told it.

    Raises:
        Invalid: it is another's or too long, or there is none.
    """
    if url is None:
        raise Invalid("This article is not known; send its URL and title with the flag", field="article.url")
    page, site = _normal(url, field="article.url"), session.get_one(Site, site_id)
    if not is_own(site, page):
        raise Invalid(f"This is no page of {site.name}, which can decide about its own alone", field="article.url")
    return page


def _normal(url: str, *, field: str) -> str:
    """The form in which a page's address is kept.

    Raises:
        Invalid: it cannot be, by the name of its field.
    """
    fault = address_fault(url)
    if fault is not None:
        raise Invalid(f"The address {fault}", field=field)
    return normal(url)


def locate(session: Session, site_id: int, external_id: str | None, url: str | None) -> Article | None:
    """The article of a site that is meant by its id there, or by its address; None where it is not known.

    What the site has told us goes before what readers said: an id or an address of the site's, whichever is there, and
    only then an article that readers gave them to. `intake.lane` leaves to us what is not clear by the id alone.
    """
    named = None if external_id is None else _of_id(session, site_id, external_id)
    if url is None or (named is not None and named.is_told):
        return named
    found = known_as(session, site_id, url)
    if found is None or found.is_told or external_id is None:
        return found or named
    return named or (found if found.external_id is None else None)


def _of_id(session: Session, site_id: int, external_id: str) -> Article | None:
    return session.scalar(select(Article).where(Article.site_id == site_id, Article.external_id == external_id))


def find(session: Session, site_id: int, external_id: str) -> Article:
    """The site's article of that id.

    Raises:
        NotFound: there is none.
    """
    article = _of_id(session, site_id, external_id)
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
