"""Proposals that wait for a second person: those that this person may approve, and his own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import Role
from moderation_service.queries.cursor import Page, decode, encode
from moderation_service.queries.news import clause_news
from moderation_service.sites.people import Person

# Those sent together stand together, at the place of the first of them; the longest waiting are first. One's own stand
# after all others: they wait for somebody else, and many of them must not hide what waits for oneself.
_WAITING = """
SELECT proposals.*, cases.version AS case_version, cases.site_id, moderators.display_name AS by, clause.title,
       proposals.moderator_id = :person AS own,
       min(proposals.proposed_at) OVER sent AS since, min(proposals.case_id) OVER sent AS first_of
FROM proposals
JOIN cases ON cases.id = proposals.case_id
JOIN articles ON articles.id = cases.article_id AND articles.current_revision = proposals.revision
JOIN moderators ON moderators.id = proposals.moderator_id
LEFT JOIN policy_clauses clause ON clause.policy_id = proposals.policy_id AND clause.code = proposals.clause
WHERE EXISTS (
    SELECT FROM unnest(CAST(:sites AS int[]), CAST(:roles AS text[])) AS held (site_id, role)
    WHERE held.role = cases.needs_role AND (held.site_id IS NULL OR held.site_id = cases.site_id))
WINDOW sent AS (PARTITION BY coalesce(together::text, proposals.case_id::text))
"""
_PLACE = "own, since, first_of, case_id"
_AFTER = f"WHERE ({_PLACE}) > (CAST(:own AS bigint) = 1, CAST(:since AS timestamptz), :first_of, :case_id)"
_PAGE = f"SELECT * FROM ({_WAITING}) AS waiting {{after}} ORDER BY {_PLACE} LIMIT :most"  # noqa: S608  (our fragments)
_FIRST, _FURTHER = text(_PAGE.format(after="")), text(_PAGE.format(after=_AFTER))
_COUNT = text(f"SELECT count(*) FROM ({_WAITING}) AS waiting WHERE NOT own")  # noqa: S608  (of our own fragments)


def waiting_approvals(session: Session, person: Person, *, cursor: str | None = None, limit: int = 50) -> Page:
    """A page of what waits, the longest first, those of others before his own; `own` tells what he proposed himself.

    `case_version` and `revision` are what he sees, `title` is that of the clause as it was proposed, and `news` what
    became of it since; `because` says why it takes two, and those of one `together` were sent as one verdict. What was
    proposed on an earlier revision waits for nobody.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    asked = _held_by(person) | {"most": limit + 1}
    if cursor is not None:
        names = ("own", "since", "first_of", "case_id")
        asked |= dict(zip(names, decode(cursor, int, datetime, int, int), strict=True))
    found = session.execute(_FIRST if cursor is None else _FURTHER, asked).mappings().all()
    rows = [
        dict(row) | {"news": clause_news(session, row["site_id"], row["clause"], row["policy_id"])}
        for row in found[:limit]
    ]
    return Page(rows, encode(_place(rows[-1])) if len(found) > limit else None)


def _place(row: dict[str, Any]) -> list[Any]:
    return [int(row["own"]), row["since"], row["first_of"], row["case_id"]]


def approvals_count(session: Session, person: Person) -> int:
    """How many proposals of others wait for this person, or for anybody like him."""
    return int(session.execute(_COUNT, _held_by(person)).scalar_one())


def _held_by(person: Person) -> dict[str, Any]:
    """On which sites he may decide cases that wait for which role."""
    held = [(site, role.value) for site, own in person.roles for role in Role if role.rank <= own.rank]
    return {"person": person.id, "sites": [site for site, _ in held], "roles": [role for _, role in held]}
