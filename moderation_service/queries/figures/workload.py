"""Who decided and proposed how much. What single colleagues did is for seniors to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import Role
from moderation_service.queries.figures.period import Period
from moderation_service.sites.people import Person, names_of

COUNTED = ("decisions", "takedowns", "clearances", "proposals")

# Colleagues' decisions on sites where the viewer is no senior have nobody's name on them: they are counted together.
# A proposal's own row goes when its case is decided; the trail keeps that there was one, by whom and when.
_WORKLOAD = text("""
SELECT named.id AS moderator_id, count(*) FILTER (WHERE action <> 'propose') AS decisions,
       count(*) FILTER (WHERE action = 'takedown') AS takedowns, count(*) FILTER (WHERE action = 'clear') AS clearances,
       count(*) FILTER (WHERE action = 'propose') AS proposals
FROM (
    SELECT moderator_id, site_id, action FROM decisions
    WHERE decided_at >= :since AND decided_at < :until AND site_id = ANY (:sites)
    UNION ALL
    SELECT CAST(split_part(actor, ':', 2) AS int), site_id, 'propose' FROM audit_entries
    WHERE action = 'case.proposed' AND at >= :since AND at < :until AND site_id = ANY (:sites)
) AS done CROSS JOIN LATERAL (
    SELECT CASE WHEN moderator_id = :viewer OR site_id = ANY (:open) THEN moderator_id END AS id) AS named
GROUP BY named.id ORDER BY named.id IS NULL, decisions DESC, named.id
""")


def workload(session: Session, sites: Sequence[int], period: Period, person: Person) -> list[dict[str, Any]]:
    """`decisions`, `takedowns` and `clearances` by moderator, the busiest first, and at last those of all.

    A decision that took two persons counts for whom it was approved by, and under `proposals` for whom it was proposed
    by; those count whatever became of them.

    `who` says whose a row is: of the `moderator` that is named; of `colleagues` together, whom this person may not see
    singly, as he is no senior there; or of the `team`.
    """
    open_to = [site for site in sites if person.may(Role.SENIOR, site)]
    bound = {"since": period.since, "until": period.until, "sites": list(sites), "open": open_to, "viewer": person.id}
    found = [dict(row) for row in session.execute(_WORKLOAD, bound).mappings()]
    names = names_of(session, [row["moderator_id"] for row in found if row["moderator_id"] is not None])
    rows = [_named(row, names.get(row["moderator_id"])) for row in found]
    team = {name: sum(row[name] for row in rows) for name in COUNTED}
    return [*rows, {"who": "team", "moderator": None} | team] if rows else []


def _named(row: dict[str, Any], name: str | None) -> dict[str, Any]:
    return {"who": "colleagues" if name is None else "moderator", "moderator": name} | {n: row[n] for n in COUNTED}
