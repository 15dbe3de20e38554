"""What a moderator may choose from: his sites, colleagues to hand a case to, clauses to cite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, or_, select, text
from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.policy import service as policy
from moderation_service.policy.drafts import said
from moderation_service.policy.models import PolicyClause, PolicyVersion
from moderation_service.policy.vocabulary import REASONS, Reason, Role
from moderation_service.sites.models import Membership, Moderator, Site
from moderation_service.sites.people import Person

COLLEAGUES_MOST = 200

# No index leads from a moderator to his decisions, so as many of the site's last ones are looked at.
_CITED_LAST = text("""
SELECT clause, ground FROM (SELECT * FROM decisions WHERE site_id = :site ORDER BY decided_at DESC LIMIT 500) AS latest
WHERE moderator_id = :person AND action = 'takedown' ORDER BY decided_at DESC, id DESC LIMIT 1
""")


# To whom a case can be handed: who works here, in one of these roles.
_COLLEAGUES = (
    select(Moderator.username, Moderator.display_name)
    .where(
        Moderator.active,
        Moderator.id != bindparam("person"),
        Moderator.id.in_(
            select(Membership.moderator_id).where(
                or_(Membership.site_id == bindparam("site"), Membership.site_id.is_(None)),
                Membership.role.in_(bindparam("roles", expanding=True)),
            )
        ),
    )
    .order_by(Moderator.display_name)
    .limit(COLLEAGUES_MOST)
)


def own_sites(session: Session, person: Person, role: Role = Role.MODERATOR) -> list[dict[str, Any]]:
    """The sites that a moderator works on, in this role at least, by name."""
    query = select(Site.id, Site.slug, Site.name).order_by(Site.name)
    sites = person.sites_as(role)
    if sites is not None:
        query = query.where(Site.id.in_(sites))
    return [dict(row) for row in session.execute(query).mappings()]


def clauses(session: Session, version: PolicyVersion, flagged: Mapping[str, int]) -> list[dict[str, Any]]:
    """The clauses of a version of a policy, in order, each with that version as `policy_id`.

    `flagged` are flags by their reason; `fits` is how many of them allege what falls under a clause's DSA category.
    """
    return _offered(policy.clauses(session, version), flagged)


def clauses_of_all(session: Session, site_ids: Collection[int], flagged: Mapping[str, int]) -> list[dict[str, Any]]:
    """The clauses that say the same on every one of these sites; as `clauses`.

    What one site calls 2.2 may be another matter on the next, so that nobody could cite it for both.
    """
    in_force = [policy.clauses(session, policy.in_force(session, site_id)) for site_id in sorted(site_ids)]
    first, *others = in_force or [[]]
    known = [{said(clause) for clause in of_site} for of_site in others]
    return _offered([clause for clause in first if all(said(clause) in of_site for of_site in known)], flagged)


def _offered(found: Iterable[PolicyClause], flagged: Mapping[str, int]) -> list[dict[str, Any]]:
    alleged: Counter[str] = Counter()
    for reason, flags in flagged.items():
        alleged[REASONS[Reason(reason)].dsa_category] += flags
    return [
        {name: getattr(clause, name) for name in ("policy_id", "code", "title", "text", "grounds")}
        | {"fits": alleged[clause.dsa_category]}
        for clause in found
    ]


def cited_last(session: Session, site_id: int, person: Person) -> dict[str, str] | None:
    """On which clause and ground a moderator rested his last takedown on a site, if that was lately."""
    row = session.execute(_CITED_LAST, {"site": site_id, "person": person.id}).mappings().one_or_none()
    return None if row is None else dict(row)


def colleagues(session: Session, case: Case, person: Person) -> list[dict[str, str]]:
    """To whom a moderator may hand a case over, by name."""
    roles = [role.value for role in Role if role.rank >= Role(case.needs_role).rank]
    rows = session.execute(_COLLEAGUES, {"person": person.id, "site": case.site_id, "roles": roles})
    return [{"username": username, "name": name} for username, name in rows]
