"""The views of a site as a whole, for the rates that its cases are compared with."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

TAKE_UNCOUNTED = text("""
WITH uncounted AS (
    SELECT article_id, views, counted_views FROM article_reach
    WHERE site_id = :site AND views <> counted_views ORDER BY article_id FOR UPDATE
), counted AS (
    UPDATE article_reach SET counted_views = uncounted.views FROM uncounted
    WHERE article_reach.article_id = uncounted.article_id
)
SELECT coalesce(sum(views - counted_views), 0)::bigint FROM uncounted
""")


def take_uncounted(session: Session, site_id: int) -> int:
    """How many views the site reported that were not counted yet; from now on they are."""
    return int(session.execute(TAKE_UNCOUNTED, {"site": site_id}).scalar_one())
