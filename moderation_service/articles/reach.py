"""How far articles have come: the views that sites report, as far as they are believed, and how fast they come."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.articles.velocity import believed_growth, bucket_reached, first_velocity, velocity_after
from moderation_service.errors import DomainError, NotFound, RateLimited

PAUSE_SECONDS = 60  # between two reports of one article
NEWEST_SAMPLES, FEWEST_SAMPLES = 500, 50  # of a site's articles, from which its usual velocities are taken
FAST = 0.9  # of a site's samples are slower than its fast ones: who wants to move this has to move a tenth of them

# From the day it was published, if the site says so and that was before we heard of it; sites tell the day, in UTC.
AGE_IN_HOURS = """extract(epoch FROM now() - least(
    articles.created_at, revision.published_on::timestamp AT TIME ZONE 'UTC'))::float8 / 3600"""

# OFFSET 0 keeps the look-ups apart, so that no plan reads all articles of a site for the few that were sent.
READ = text(f"""
SELECT articles.external_id, articles.id AS article_id, {AGE_IN_HOURS} AS age,
       reach.views, reach.reported_views, reach.velocity,
       extract(epoch FROM now() - reach.reported_at)::float8 / 3600 AS hours,
       coalesce((SELECT percentile_cont(:fast) WITHIN GROUP (ORDER BY velocity)
                 FROM (SELECT velocity FROM reach_samples WHERE site_id = :site
                       ORDER BY sampled_at DESC LIMIT :newest) AS sample
                 HAVING count(*) >= :fewest), 0) AS usual
FROM unnest(CAST(:external_ids AS text[])) AS sent (external_id)
CROSS JOIN LATERAL (
    SELECT * FROM articles WHERE site_id = :site AND external_id = sent.external_id OFFSET 0
) AS articles
LEFT JOIN article_revisions revision
    ON revision.article_id = articles.id AND revision.number = articles.current_revision
LEFT JOIN article_reach reach ON reach.article_id = articles.id
""")  # noqa: S608 (a constant of this file)

# Nothing is locked between reading and writing. Whoever reported in between made this report one that comes too soon:
# the rule is asked again of the row itself. In the order of the ids, so that no two batches wait in a circle.
WRITE = text("""
WITH sent AS (
    SELECT * FROM unnest(CAST(:articles AS bigint[]), CAST(:views AS bigint[]), CAST(:reported AS bigint[]),
                         CAST(:velocities AS float8[]), CAST(:buckets AS smallint[]))
        AS sent (article_id, views, reported_views, velocity, bucket)
), written AS (
    INSERT INTO article_reach AS reach (article_id, site_id, views, reported_views, velocity)
    SELECT article_id, :site, views, reported_views, velocity FROM sent ORDER BY article_id
    ON CONFLICT (article_id) DO UPDATE
    SET views = excluded.views, reported_views = excluded.reported_views, velocity = excluded.velocity,
        reported_at = excluded.reported_at
    WHERE reach.reported_at <= now() - make_interval(secs => :pause)
    RETURNING article_id
), sampled AS (
    INSERT INTO reach_samples (article_id, bucket, site_id, views, velocity)
    SELECT article_id, bucket, :site, views, velocity FROM sent JOIN written USING (article_id) WHERE bucket IS NOT NULL
    ON CONFLICT (article_id, bucket) DO NOTHING
)
SELECT article_id FROM written
""")


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of an article after a report: `views` of the `reported_views` are believed.

    `bucket` is the part of its life of which the article just became an example, if any.
    """

    external_id: str
    article_id: int
    views: int
    reported_views: int
    velocity: float
    bucket: int | None


def report(session: Session, site_id: int, reports: Sequence[tuple[str, int]]) -> list[Reach | DomainError]:
    """Take a site's own counts of views, each an article's id and its views so far; what became of each, in order.

    Fewer views than reported before correct what was wrong then, so that no report is ever in the way of the next.

    What stands for a report that changed nothing: `NotFound` (the site has no such article), `RateLimited` (less than a
    minute after the last of this article).
    """
    found = session.execute(
        READ,
        {
            "site": site_id,
            "external_ids": [external_id for external_id, _ in reports],
            "fast": FAST,
            "newest": NEWEST_SAMPLES,
            "fewest": FEWEST_SAMPLES,
        },
    )
    known = {row.external_id: row for row in found}
    answers: list[Reach | DomainError] = []
    taken: dict[int, Reach] = {}
    for external_id, views in reports:
        answer = _after(known.get(external_id), views)
        if isinstance(answer, Reach) and taken.setdefault(answer.article_id, answer) is not answer:
            answer = _too_soon(0.0)  # the second of one article in the same batch
        answers.append(answer)
    written = _write(session, site_id, taken.values())
    return [_too_soon(0.0) if isinstance(a, Reach) and a.article_id not in written else a for a in answers]


def _after(known: Any | None, views: int) -> Reach | DomainError:
    """What will be known of an article, from what is; None for one that the site has not."""
    if known is None:
        return NotFound("There is no article of this id")
    if known.views is None:
        believed = believed_growth(views, hours=known.age, usual=known.usual)
        return Reach(known.external_id, known.article_id, believed, views, first_velocity(believed, known.age), None)
    if known.hours * 3600 < PAUSE_SECONDS:
        return _too_soon(known.hours * 3600)
    if views < known.reported_views:
        # Of what is believed no more is kept than that; what never was believed is not made up for.
        growth = min(views - known.views, 0)
    else:
        growth = believed_growth(views - known.reported_views, hours=known.hours, usual=known.usual)
    return Reach(
        known.external_id,
        known.article_id,
        known.views + growth,
        views,
        max(0.0, velocity_after(known.velocity, views=growth, hours=known.hours)),
        bucket_reached(known.age - known.hours, known.age),
    )


def _too_soon(seconds: float) -> RateLimited:
    wait = max(1, math.ceil(PAUSE_SECONDS - seconds))
    return RateLimited(f"An article's views are taken once a minute; try again in {wait} s", retry_after=wait)


def _write(session: Session, site_id: int, taken: Collection[Reach]) -> set[int]:
    """Keep what is known now; the ids of the articles that nobody else reported in the meantime."""
    if not taken:
        return set()
    return set(
        session.scalars(
            WRITE,
            {
                "site": site_id,
                "pause": PAUSE_SECONDS,
                "articles": [reach.article_id for reach in taken],
                "views": [reach.views for reach in taken],
                "reported": [reach.reported_views for reach in taken],
                "velocities": [reach.velocity for reach in taken],
                "buckets": [reach.bucket for reach in taken],
            },
        )
    )
