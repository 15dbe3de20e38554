"""Dead letters, with what a person needs to act on each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.enforcement.models import Order
from moderation_service.leases import Leased, among
from moderation_service.queries.cursor import Page, page_by_id
from moderation_service.sites.models import Site


def dead_letter_page(
    session: Session, *, sites: list[int] | None, cursor: str | None, limit: int, saying: str = ""
) -> Page:
    """Orders that were given up on and whose error says this, oldest first.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = (
        select(Order, Site.slug, Article.external_id, Article.url)
        .join(Site, Site.id == Order.site_id)
        .join(Article, Article.id == Order.article_id)
        .where(*among(Order, "dead", sites, saying))
    )
    return page_by_id(session, query, Order.id, _row, cursor=cursor, limit=limit)


def count_dead(session: Session, table: type[Leased], *, sites: list[int] | None, saying: str = "") -> int:
    """How many rows of such work were given up on, on these sites (None: on all), and whose error says this."""
    return session.execute(select(func.count()).where(*among(table, "dead", sites, saying))).scalar_one()


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
