"""What a site's own articles teach about views to come: learned once a night, from how the earlier ones went on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage.order import FALLBACK_CURVE

FEWEST_ARTICLES = 20
SHORTEST, LONGEST = 1.0, 200.0  # hours; what is beyond comes from a handful of articles, not from a habit

# A week after it was taken, a sample has seen most of what was to come; of those older than a season there may be
# millions, and readers' habits change.
SETTLED = """
SELECT article_id, bucket, views, velocity FROM reach_samples
WHERE site_id = :site AND sampled_at BETWEEN now() - interval '90 days' AND now() - interval '7 days'
"""
BUCKETS = text(f"""
SELECT bucket, sum(greatest(reach.views - sample.views, 0))::float8 / nullif(sum(sample.velocity), 0)
FROM ({SETTLED}) AS sample JOIN article_reach reach USING (article_id)
GROUP BY bucket HAVING count(*) >= :fewest
""")  # noqa: S608 (a constant of this file)
FINAL_VIEWS = text(f"""
SELECT avg(views)::float8 FROM article_reach
WHERE article_id IN (SELECT article_id FROM ({SETTLED}) AS sample) HAVING count(*) >= :fewest
""")  # noqa: S608 (a constant of this file)


@dataclass(frozen=True, slots=True)
class Learned:
    """By age (`order.AGE_BUCKETS`), the hours' worth of its present velocity that an article has before it.

    `typical_reach` is how many views an article gets in all.
    """

    curve: tuple[float, ...]
    typical_reach: float


def learn_curve(session: Session, site_id: int) -> Learned | None:
    """What the site's articles of the last season showed; None when they are too few.

    Of an age that too few articles were followed through, the curve has what every site begins with.
    """
    asked = {"site": site_id, "fewest": FEWEST_ARTICLES}
    typical = session.scalar(FINAL_VIEWS, asked)
    if typical is None:
        return None
    seen = {bucket: hours for bucket, hours in session.execute(BUCKETS, asked) if hours is not None}
    curve = tuple(
        min(max(seen[bucket], SHORTEST), LONGEST) if bucket in seen else fallback
        for bucket, fallback in enumerate(FALLBACK_CURVE)
    )
    return Learned(curve, max(typical, 1.0))
