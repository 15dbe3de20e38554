"""The policy in force on a site, and its clauses."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation_service.errors import Invalid
from moderation_service.policy.models import PolicyClause, PolicyVersion
from moderation_service.policy.vocabulary import SecondFor


def in_force(session: Session, site_id: int | None) -> PolicyVersion:
    """The newest version of the site's own policy, or of the house policy where it has none."""
    own_first = PolicyVersion.site_id.is_(None), PolicyVersion.number.desc()
    query = select(PolicyVersion).where(or_(PolicyVersion.site_id == site_id, PolicyVersion.site_id.is_(None)))
    return session.scalars(query.order_by(*own_first).limit(1)).one()


def clauses(session: Session, policy: PolicyVersion) -> Sequence[PolicyClause]:
    """The clauses of a version, in order."""
    query = select(PolicyClause).where(PolicyClause.policy_id == policy.id)
    return session.scalars(query.order_by(PolicyClause.code)).all()


def takedown_waits(policy: PolicyVersion, *, editorial: bool, others: int) -> SecondFor | None:
    """Why a takedown waits for a second person under this version; None when one is enough. Pure.

    `editorial` says that the newsroom wrote the article, `others` how many more cases the verdict was sent on.
    """
    if editorial and policy.second_for_editorial:
        return SecondFor.EDITORIAL
    if policy.second_over is not None and others > policy.second_over:
        return SecondFor.BULK
    return None


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
