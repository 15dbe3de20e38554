"""The policy in force on a site, and its clauses."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation_service.errors import Invalid
from moderation_service.policy.models import PolicyClause, PolicyVersion


def in_force(session: Session, site_id: int | None) -> PolicyVersion:
    """The newest version of the site's own policy, or of the house policy where it has none."""
    own_first = PolicyVersion.site_id.is_(None), PolicyVersion.number.desc()
    query = select(PolicyVersion).where(or_(PolicyVersion.site_id == site_id, PolicyVersion.site_id.is_(None)))
    return session.scalars(query.order_by(*own_first).limit(1)).one()


def clauses(session: Session, policy: PolicyVersion) -> Sequence[PolicyClause]:
    """The clauses of a version, in order."""
    query = select(PolicyClause).where(PolicyClause.policy_id == policy.id)
    return session.scalars(query.order_by(PolicyClause.code)).all()


def cite(session: Session, site_id: int, code: str, ground: str) -> PolicyClause:
    """The clause that a takedown rests on.

    Raises:
        Invalid: the policy in force has no such clause, or the clause does not know this ground.
    """
    policy = in_force(session, site_id)
    clause = session.get(PolicyClause, (policy.id, code))
    if clause is None:
        raise Invalid(f"Version {policy.number} of the policy has no clause {code!r}", field="clause")
    if ground not in clause.grounds:
        raise Invalid(f"Clause {code} rests on {' or '.join(clause.grounds)}, not on {ground}", field="ground")
    return clause
