"""The built-in content store: what readers may see of each article."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article, ArticleRevision, ArticleVisibility
from moderation_service.articles.service import describe

# What may be shown of an article, in one word; `redacted` is an article without some of its parts.
STATES = ("visible", "redacted", "hidden", "removed", "removed_legal")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader-facing site is answered: `gone` for a takedown, `legal` when the law is its ground.

    `hidden` is an article that waits for a person's review; it may be back at any moment.
    """

    article: dict[str, Any]
    etag: str
    gone: bool = False
    legal: bool = False
    hidden: bool = False


def set_visibility(
    session: Session,
    article_id: int,
    *,
    state: str,
    redacted: Sequence[str],
    ground: str | None,
    version: int,
) -> None:
    """Show or hide an article or parts of it; an order older than the one applied last changes nothing."""
    values = {"state": state, "redacted": sorted(redacted), "ground": ground, "version": version}
    statement = insert(ArticleVisibility).values(article_id=article_id, **values)
    newer = statement.on_conflict_do_update(
        index_elements=["article_id"],
        set_=values | {"changed_at": func.now()},
        where=ArticleVisibility.version < version,
    )
    if session.scalar(newer.returning(ArticleVisibility.article_id)) is not None:
        session.execute(update(Article).where(Article.id == article_id).values(updated_at=func.now()))


def visibility(session: Session, article_id: int) -> ArticleVisibility | None:
    """What the store shows of the article; None for all of it."""
    return session.get(ArticleVisibility, article_id)


def state_of(visible: ArticleVisibility | None) -> str:
    """What the store shows, as one of `STATES`."""
    if visible is None or visible.state == "visible":
        return "redacted" if visible is not None and visible.redacted else "visible"
    return "removed_legal" if visible.state == "removed" and visible.ground == "law" else visible.state


def show(session: Session, article: Article) -> Shown:
    """The article as its readers may see it: removed parts are marked, and their text is not there."""
    visible = visibility(session, article.id)
    revision = session.scalar(
        select(ArticleRevision).where(
            ArticleRevision.article_id == article.id, ArticleRevision.number == article.current_revision
        )
    )
    etag = _etag(article, visible)
    if visible is not None and visible.state != "visible":
        identity = {"external_id": article.external_id, "url": article.url}
        if visible.state == "hidden":
            return Shown(identity, etag, hidden=True)
        return Shown(identity, etag, gone=True, legal=visible.ground == "law")
    redacted = set(visible.redacted) if visible else set()
    words = _redacted_words(session, article, redacted)
    return Shown(_without(describe(article, revision), _removed(revision, redacted, words), words), etag)


def readable(
    session: Session, article: Article, revision: ArticleRevision | None, redacted: set[str]
) -> dict[str, str]:
    """The texts of a revision that stay when these parts are taken out, by the ids of their parts."""
    if revision is None:
        return {}
    removed = _removed(revision, redacted, _redacted_words(session, article, redacted))
    return {part["id"]: part["text"] for part in revision.parts if part["id"] not in removed}


def _redacted_words(session: Session, article: Article, redacted: set[str]) -> set[str]:
    """All that the redacted parts say, or ever said."""
    if not redacted:
        return set()
    revisions = session.scalars(select(ArticleRevision.parts).where(ArticleRevision.article_id == article.id))
    return {part["text"].strip() for parts in revisions for part in parts if part["id"] in redacted} - {""}


def _removed(revision: ArticleRevision | None, redacted: set[str], words: set[str]) -> set[str]:
    """The parts of a revision that must not be shown: the redacted ones, and whatever says the same as one ever did.

    An id follows its text, but not through every edit; the words of a redacted part stay away wherever they return.
    """
    if not redacted or revision is None:
        return redacted
    return {part["id"] for part in revision.parts if part["id"] in redacted or part["text"].strip() in words}


def _without(article: dict[str, Any], redacted: set[str], words: set[str]) -> dict[str, Any]:
    if not redacted:
        return article
    parts = [
        {"id": p["id"], "kind": p["kind"], "removed": True} if p["id"] in redacted else p for p in article["parts"]
    ]
    images = [
        image | {"alt": ""} if any(said in image["alt"] for said in words) else image for image in article["images"]
    ]
    # The same words stand outside the parts too, and the hash of a text confirms a guess at it.
    shown = article | {"parts": parts, "images": images, "content_hash": None}
    if "headline" in redacted:
        shown |= {"headline": None, "title": None}
    if "dateline" in redacted:
        shown |= {"dateline": None}
    return shown


def _etag(article: Article, visible: ArticleVisibility | None) -> str:
    state = (
        article.id,
        article.current_revision,
        article.url,
        article.origin,
        article.title,
        visible.version if visible else 0,
    )
    return hashlib.sha256(repr(state).encode()).hexdigest()[:32]
