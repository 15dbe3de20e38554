"""The facts that the rules ask for, read set by set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

# Stops at the number the rule asks for: a story flagged by a hundred thousand costs as little as any other.
RECENT_REPORTERS = text("""
SELECT touched.case_id, (
    SELECT count(*) FROM (
        SELECT DISTINCT reporter FROM flags
        WHERE article_id = touched.article_id AND case_id = touched.case_id
          AND withdrawn_at IS NULL AND received_at > now() - CAST(:window AS interval)
        LIMIT :enough
    ) AS reporters)
FROM unnest(CAST(:articles AS bigint[]), CAST(:cases AS bigint[])) AS touched (article_id, case_id)
""")


def recent_reporters(session: Session, case_of: Mapping[int, int], *, window: timedelta, enough: int) -> dict[int, int]:
    """By case, how many different readers flagged its article within the window; counting stops at `enough`.

    `case_of` maps articles to cases; the window ends now, on the database's clock.
    """
    rows = session.execute(
        RECENT_REPORTERS,
        {"window": window, "enough": enough, "articles": list(case_of), "cases": list(case_of.values())},
    )
    return {case_id: reporters for case_id, reporters in rows}
