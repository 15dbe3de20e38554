"""A site's articles as its readers may see them, in the order in which that changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import Session, defer

from moderation_service.articles import service as articles
from moderation_service.articles import store
from moderation_service.articles.models import Article, ArticleRevision, ArticleVisibility
from moderation_service.queries.cursor import Page, decode, encode

# What a list tells of an article; nothing of it where the article may not be seen.
FACE = ("headline", "category", "dateline", "language")


def article_page(
    session: Session, site_id: int, *, changed_since: datetime | None, cursor: str | None, limit: int
) -> Page:
    """The articles that the site has told its id of, those first that changed longest ago.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = (
        select(Article, ArticleRevision, ArticleVisibility)
        .outerjoin(
            ArticleRevision,
            and_(ArticleRevision.article_id == Article.id, ArticleRevision.number == Article.current_revision),
        )
        .outerjoin(ArticleVisibility, ArticleVisibility.article_id == Article.id)
        .where(Article.site_id == site_id, Article.external_id.is_not(None))
        .options(defer(ArticleRevision.parts), defer(ArticleRevision.part_ids))
        .order_by(Article.updated_at, Article.id)
        .limit(limit + 1)
    )
    if changed_since is not None:
        query = query.where(Article.updated_at >= changed_since)
    if cursor is not None:
        query = query.where(tuple_(Article.updated_at, Article.id) > tuple_(*decode(cursor, datetime, int)))
    found = session.execute(query).all()
    rows = [_row(session, *columns) for columns in found[:limit]]
    last = found[limit - 1][0] if len(found) > limit else None
    return Page(rows, None if last is None else encode([last.updated_at, last.id]))


def _row(
    session: Session, article: Article, revision: ArticleRevision | None, visible: ArticleVisibility | None
) -> dict[str, Any]:
    state = store.state_of(visible)
    # Which words are gone from an article with removed parts takes its text; few have any.
    face = store.show(session, article).article if state == "redacted" else _face(state, revision)
    return {
        "external_id": article.external_id,
        "url": article.url,
        "origin": article.origin,
        "revision": article.current_revision,
        "state": state,
        **{name: face.get(name) for name in FACE},
        "changed_at": article.updated_at,
    }


def _face(state: str, revision: ArticleRevision | None) -> dict[str, Any]:
    if state != "visible" or revision is None:
        return {}
    return {
        "headline": revision.headline,
        "category": revision.category,
        "dateline": articles.dateline(revision),
        "language": revision.language,
    }
