"""The facts that the rules ask for, read set by set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

RECENT_REPORTERS = text("""
SELECT touched.case_id, count(DISTINCT flags.reporter)
FROM unnest(CAST(:articles AS bigint[]), CAST(:cases AS bigint[])) AS touched (article_id, case_id)
JOIN flags ON flags.article_id = touched.article_id AND flags.case_id = touched.case_id
WHERE flags.withdrawn_at IS NULL AND flags.received_at > now() - CAST(:window AS interval)
GROUP BY touched.case_id
""")


def recent_reporters(session: Session, case_of: Mapping[int, int], *, window: timedelta) -> dict[int, int]:
    """By case, how many different readers flagged its article within the window; a case that none did is left out.

    `case_of` maps articles to cases; the window ends now, on the database's clock. Ask for cases that are not escalated
    yet: they have few flags by their nature, where a story flagged by a hundred thousand has been escalated long ago.
    """
    parameters = {"window": window, "articles": list(case_of), "cases": list(case_of.values())}
    return {case_id: reporters for case_id, reporters in session.execute(RECENT_REPORTERS, parameters)}
