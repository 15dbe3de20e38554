"""Proposals that wait for a second person: those that this person may approve, and his own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person

APPROVALS_MOST = 50

# Those sent together stand together, at the place of the first of them; the longest waiting are first.
_WAITING = """
SELECT proposals.*, cases.version AS case_version, cases.site_id, moderators.display_name AS by, clause.title,
       proposals.moderator_id = :person AS own,
       min(proposals.proposed_at) OVER (PARTITION BY coalesce(together::text, proposals.case_id::text)) AS since
FROM proposals
JOIN cases ON cases.id = proposals.case_id
JOIN articles ON articles.id = cases.article_id AND articles.current_revision = proposals.revision
JOIN moderators ON moderators.id = proposals.moderator_id
LEFT JOIN LATERAL (
    SELECT title FROM policy_clauses JOIN policy_versions ON policy_versions.id = policy_id
    WHERE code = proposals.clause AND (site_id = cases.site_id OR site_id IS NULL)
    ORDER BY site_id IS NULL, number DESC LIMIT 1
) AS clause ON true
WHERE EXISTS (
    SELECT FROM unnest(CAST(:sites AS int[]), CAST(:roles AS text[])) AS held (site_id, role)
    WHERE held.role = cases.needs_role AND (held.site_id IS NULL OR held.site_id = cases.site_id))
"""
_ROWS = text(_WAITING + " ORDER BY since, together, proposals.case_id LIMIT :most")
_COUNT = text(f"SELECT count(*) FROM ({_WAITING}) AS waiting WHERE NOT own")  # noqa: S608  (of our own fragments)


def waiting_approvals(session: Session, person: Person) -> list[dict[str, Any]]:
    """What waits, the longest first, up to `APPROVALS_MOST`; `own` tells what he proposed himself.

    `case_version` and `revision` are what he sees; `because` says why it takes two, and those of one `together` were
    sent as one verdict. What was proposed on an earlier revision waits for nobody.
    """
    rows = session.execute(_ROWS, _held_by(person) | {"most": APPROVALS_MOST}).mappings()
    return [dict(row) for row in rows]


def approvals_count(session: Session, person: Person) -> int:
    """How many proposals of others wait for this person, or for anybody like him."""
    return int(session.execute(_COUNT, _held_by(person)).scalar_one())


def _held_by(person: Person) -> dict[str, Any]:
    """On which sites he may decide cases that wait for which role."""
    held = [(site, role.value) for site, own in person.roles for role in Role if role.rank <= own.rank]
    return {"person": person.id, "sites": [site for site, _ in held], "roles": [role for _, role in held]}
