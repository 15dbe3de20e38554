"""How much work waits, for metrics and readiness."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

BACKLOG = text("""
SELECT
    (SELECT count(*) FROM untriaged_flags) AS untriaged_flags,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - received_at)
              FROM untriaged_flags ORDER BY flag_id LIMIT 1), 0) AS oldest_untriaged_seconds,
    (SELECT count(*) FROM unsettled_cases) AS unsettled_cases,
    (SELECT count(*) FROM cases WHERE state = 'open') AS open_cases,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - min(opened_at))
              FROM cases WHERE state = 'open'), 0) AS oldest_open_case_seconds,
    (SELECT count(*) FROM enforcement_orders WHERE state = 'pending') AS pending_orders,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - min(wanted_at))
              FROM enforcement_orders WHERE state = 'pending'), 0) AS oldest_pending_order_seconds,
    (SELECT count(*) FROM enforcement_orders WHERE state = 'dead') AS dead_letters,
    (SELECT count(*) FROM webhook_events WHERE sequence IS NULL) AS untold_events,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - at)
              FROM webhook_events WHERE sequence IS NULL ORDER BY id LIMIT 1), 0) AS oldest_untold_event_seconds,
    (SELECT count(*) FROM untold_cases WHERE due_at <= clock_timestamp()) AS untold_cases,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - min(due_at))
              FROM untold_cases WHERE due_at <= clock_timestamp()), 0) AS oldest_untold_case_seconds,
    (SELECT count(*) FROM notices WHERE state = 'pending') AS pending_notices,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - min(wanted_at))
              FROM notices WHERE state = 'pending'), 0) AS oldest_pending_notice_seconds,
    (SELECT count(*) FROM notices WHERE state = 'dead') AS dead_notices
""")
WORDS = {
    "untriaged_flags": "Flags recorded and not yet in a case.",
    "oldest_untriaged_seconds": "Age of the oldest flag that is not yet in a case.",
    "unsettled_cases": "Decided cases whose readers' records do not know it yet.",
    "open_cases": "Cases nobody has decided.",
    "oldest_open_case_seconds": "Age of the oldest open case.",
    "pending_orders": "Decisions not yet read back from their content store.",
    "oldest_pending_order_seconds": "Age of the oldest decision not yet read back.",
    "dead_letters": "Decisions given up on; each waits for a person.",
    "untold_events": "Events that no webhook was made of yet.",
    "oldest_untold_event_seconds": "Age of the oldest event that no webhook was made of yet.",
    "untold_cases": "Cases whose readers are to be told something, and for whom no letter was made yet.",
    "oldest_untold_case_seconds": "For how long the first of them has been due.",
    "pending_notices": "Mails and webhooks not yet taken over by their receivers.",
    "oldest_pending_notice_seconds": "Age of the oldest notice not yet taken over.",
    "dead_notices": "Notices given up on; each waits for a person.",
}


def backlog(session: Session) -> dict[str, tuple[str, float]]:
    """Each number with the words that explain it."""
    row = session.execute(BACKLOG).mappings().one()
    return {name: (words, float(row[name])) for name, words in WORDS.items()}
