"""What changed on a page of the queue since it was shown: claims and counts of its rows, and how many cases are new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.queries.worklist import COUNTED_MOST, QueueFilter, conditions_of

NEW_MOST = 100

_ROWS = text("""
SELECT cases.id, cases.state, claims.moderator_id AS held_by_id, moderators.display_name AS held_by,
       told.flags, told.reporters
FROM cases
LEFT JOIN claims ON claims.case_id = cases.id AND claims.expires_at > now()
LEFT JOIN moderators ON moderators.id = claims.moderator_id
CROSS JOIN LATERAL (
    SELECT count(*) AS flags, count(DISTINCT reporter) AS reporters
    FROM (SELECT reporter FROM flags WHERE flags.article_id = cases.article_id
          AND flags.case_id = cases.id AND flags.withdrawn_at IS NULL LIMIT :most) AS counted
) AS told
WHERE cases.id = ANY (:cases) AND (CAST(:sites AS int[]) IS NULL OR cases.site_id = ANY (:sites))
ORDER BY cases.id
""")
# Cases are numbered as they are opened, so the new ones stand at the end of an index. One that is opened anew has its
# old number and is not counted; the next look at the page shows it.
_NEW = """
SELECT count(*) FROM (SELECT FROM cases WHERE cases.id > :after {scope} {conditions} LIMIT :most) AS fresh
"""


def queue_pulse(session: Session, wanted: QueueFilter, case_ids: Sequence[int], *, after: int) -> dict[str, Any]:
    """The rows of these cases as they are now, those on other sites left out; `new` counts cases opened after one.

    It counts up to `NEW_MOST`, and not by headline.
    """
    bound = {"cases": list(case_ids), "sites": wanted.sites, "most": COUNTED_MOST}
    rows = session.execute(_ROWS, bound).mappings()
    conditions, parameters = conditions_of(wanted)
    scope = "" if wanted.sites is None else "AND cases.site_id = ANY (:sites)"
    # Put together of our own fragments; what callers sent is bound.
    new = text(_NEW.format(scope=scope, conditions=conditions))
    count = session.execute(new, parameters | {"after": after, "most": NEW_MOST}).scalar_one()
    return {"rows": [dict(row) for row in rows], "new": count}


def newest_case(session: Session) -> tuple[int, datetime]:
    """The number of the case that was opened last on whichever site, 0 where there is none; and the time now."""
    newest, now = session.execute(text("SELECT coalesce(max(id), 0), clock_timestamp() FROM cases")).one()
    return newest, now
