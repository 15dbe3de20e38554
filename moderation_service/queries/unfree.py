"""Why nothing is free for somebody who asks for work, though cases wait: what `cases.claims` passes over, counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person

LOOKED_MOST = 200

# The oldest ones: those waited longest to be asked about.
_WAITING = text("""
SELECT cases.site_id, cases.needs_role, claims.moderator_id AS held_by,
       EXISTS (SELECT FROM proposals WHERE case_id = cases.id AND moderator_id = :person
               AND revision = (SELECT current_revision FROM articles WHERE id = cases.article_id)) AS is_proposed,
       EXISTS (SELECT FROM case_events event WHERE event.case_id = cases.id AND event.kind IN ('skipped', 'escalated')
               AND event.actor = :actor AND event.at > now() - interval '30 minutes') AS is_skipped
FROM cases LEFT JOIN claims ON claims.case_id = cases.id AND claims.expires_at > now()
WHERE cases.state = 'open' AND (CAST(:sites AS int[]) IS NULL OR cases.site_id = ANY (:sites))
    AND (CAST(:queue AS text) IS NULL OR cases.queue = :queue)
ORDER BY cases.id LIMIT :most
""")


def why_none_is_free(session: Session, person: Person, *, queue: str | None = None) -> dict[str, int]:
    """How many open cases, of the `LOOKED_MOST` oldest on his sites, are not his to take next, each by one cause.

    Of some he `proposed` the verdict, and they wait for another person; some are held by himself (`mine`) or by others
    (`held`), `skipped` by him, or take a higher `role`. `free` are those that others let go of, or are just taking.
    """
    asked = {"person": person.id, "actor": person.actor, "sites": person.sites, "queue": queue, "most": LOOKED_MOST}
    return Counter(_why(row, person) for row in session.execute(_WAITING, asked))


def _why(row: Any, person: Person) -> str:
    if row.held_by is not None:
        return "mine" if row.held_by == person.id else "held"
    if row.is_proposed:
        return "proposed"
    if not person.may(Role(row.needs_role), row.site_id):
        return "role"
    return "skipped" if row.is_skipped else "free"
