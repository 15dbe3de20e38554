"""Dead letters, with what a person needs to act on each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.enforcement.models import Order
from moderation_service.queries.cursor import Page, decode, encode
from moderation_service.sites.models import Site


def dead_letter_page(session: Session, *, sites: list[int] | None, cursor: str | None, limit: int) -> Page:
    """Orders that were given up on, oldest first.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    (after,) = decode(cursor, int) if cursor is not None else (0,)
    query = (
        select(Order, Site.slug, Article.external_id, Article.url)
        .join(Site, Site.id == Order.site_id)
        .join(Article, Article.id == Order.article_id)
        .where(Order.state == "dead", Order.id > after)
        .order_by(Order.id)
        .limit(limit + 1)
    )
    if sites is not None:
        query = query.where(Order.site_id.in_(sites))
    rows = session.execute(query).all()
    page = [_row(*row) for row in rows[:limit]]
    return Page(page, encode([page[-1]["id"]]) if len(rows) > limit else None)


def _row(order: Order, site: str, external_id: str | None, url: str | None) -> dict[str, Any]:
    return {
        "id": order.id,
        "site": site,
        "case_id": order.case_id,
        "article": {"external_id": external_id, "url": url},
        "wanted": order.wanted,
        "wanted_at": order.wanted_at,
        "attempts": order.attempts,
        "last_error": order.last_error,
    }
