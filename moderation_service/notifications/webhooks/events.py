"""Events noted in the transaction of their cause, set by set; a site that listens to nothing has none.

What happens to cases is read from their histories, where every room writes it: an event can only be missed where a
step of the story does not say whose histories it touched. Noting takes no lock that another transaction waits for;
numbers, bodies and notices are made of events later, by `relaying`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service.jobs import wake
from moderation_service.notifications.models import Endpoint
from moderation_service.notifications.webhooks.vocabulary import EventType

NOTE_FLAGS = text("""
INSERT INTO webhook_events (site_id, article_id, case_id, type, flag_id)
SELECT site_id, article_id, case_id, :type, id FROM flags
WHERE id = ANY (:flags) AND site_id = ANY (:sites) ORDER BY id
""")

SHOWS_ALL = """({0}.detail ->> 'state' = 'visible' AND {0}.detail -> 'redacted' = CAST('[]' AS jsonb))"""
# An older entry was not listened to when it was written. What this transaction wrote has its number, or a later one in
# its savepoints; numbers come round one day, so the clock is asked too, and an hour forgives it much. All of an article
# is shown "again" if it was not when that was last read back.
NOTE_HISTORY = text(
    """
INSERT INTO webhook_events (site_id, article_id, case_id, type, cause, at)
SELECT c.site_id, c.article_id, c.id, told.type, e.id, e.at
FROM case_events e
JOIN cases c ON c.id = e.case_id
JOIN (VALUES ('opened', 'case.opened', 1), ('escalated', 'case.escalated', 2), ('decided', 'decision.made', 3),
             ('applied', 'decision.applied', 4), ('applied', 'article.restored', 5)) AS told (kind, type, place)
    ON told.kind = e.kind
WHERE e.case_id = ANY (:cases) AND c.site_id = ANY (:sites) AND age(e.xmin) <= 0 AND e.at >= now() - interval '1 hour'
AND EXISTS (SELECT FROM webhook_endpoints w
            WHERE w.site_id = c.site_id AND told.type = ANY (w.types) AND w.created_at <= e.at)
AND CASE told.type
    WHEN 'decision.applied' THEN e.detail ->> 'decision' IS NOT NULL OR NOT shows_all(e.detail)
    WHEN 'article.restored' THEN shows_all(e.detail) AND NOT (
        SELECT shows_all(before.detail) FROM cases of_article JOIN case_events before ON before.case_id = of_article.id
        WHERE of_article.article_id = c.article_id AND before.kind = 'applied' AND before.id < e.id
        ORDER BY before.id DESC LIMIT 1)
    ELSE TRUE END
ORDER BY e.id, told.place
ON CONFLICT (cause, type) DO NOTHING
""".replace("shows_all(e.detail)", SHOWS_ALL.format("e")).replace(
        "shows_all(before.detail)", SHOWS_ALL.format("before")
    )
)


def note_flags(session: Session, flag_ids: Sequence[int]) -> None:
    """Note that these flags belong to cases now; one that was taken back and given again is told again."""
    sites = _listening(session, EventType.FLAG_RECEIVED)
    if sites and flag_ids:
        session.execute(NOTE_FLAGS, {"type": EventType.FLAG_RECEIVED, "flags": list(flag_ids), "sites": sites})
        wake(session, "notifications.relay")


def note_history(session: Session, case_ids: Sequence[int]) -> None:
    """Note what this transaction wrote into the histories of these cases."""
    sites = _listening(session, *(kind for kind in EventType if kind is not EventType.FLAG_RECEIVED))
    if sites and case_ids:
        session.flush()
        session.execute(NOTE_HISTORY, {"cases": list(case_ids), "sites": sites})
        wake(session, "notifications.relay")


def _listening(session: Session, *types: EventType) -> list[int]:
    """The sites that have an endpoint for one of these types; mostly there is none, and that is all that it costs."""
    return list(session.scalars(select(Endpoint.site_id).where(Endpoint.types.overlap(list(types))).distinct()))
