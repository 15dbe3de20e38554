"""The articles that most flags came for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.queries.figures.period import Period

ARTICLES_MOST = 10

# Readers are told apart for those few articles only.
_BUSIEST = text("""
WITH busiest AS MATERIALIZED (
    SELECT article_id, count(*) AS flags FROM flags
    WHERE received_at >= :since AND received_at < :until AND site_id = ANY (:sites)
    GROUP BY article_id ORDER BY flags DESC, article_id LIMIT :most
)
SELECT coalesce(articles.title, articles.url, articles.external_id) AS article, sites.slug AS site, busiest.flags,
       (SELECT count(DISTINCT reporter) FROM flags WHERE flags.article_id = busiest.article_id
        AND received_at >= :since AND received_at < :until) AS readers,
       last.id AS case_id, last.state
FROM busiest JOIN articles ON articles.id = busiest.article_id JOIN sites ON sites.id = articles.site_id
LEFT JOIN LATERAL (SELECT id, state FROM cases WHERE cases.article_id = busiest.article_id ORDER BY id DESC LIMIT 1)
    AS last ON true
ORDER BY busiest.flags DESC, busiest.article_id
""")


def busiest_articles(session: Session, sites: Sequence[int], period: Period) -> list[dict[str, Any]]:
    """The ten articles with most `flags` in the period, of how many `readers`, and the newest case of each."""
    bound = {"since": period.since, "until": period.until, "sites": list(sites), "most": ARTICLES_MOST}
    return [dict(row) for row in session.execute(_BUSIEST, bound).mappings()]
