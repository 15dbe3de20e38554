"""The policy in force on a site, and its clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.policy.drafts import Draft, faults, said
from moderation_service.policy.models import PolicyClause, PolicyVersion
from moderation_service.policy.vocabulary import SecondFor

# Held while a version is written, so that two do not both follow the same one.
WRITING = select(func.pg_advisory_xact_lock(7_105_221))

# The site's own before the house's. Every page of a case asks these two, so they are built once.
_IN_FORCE = (
    select(PolicyVersion)
    .where(or_(PolicyVersion.site_id == bindparam("site"), PolicyVersion.site_id.is_(None)))
    .order_by(PolicyVersion.site_id.is_(None), PolicyVersion.number.desc())
    .limit(1)
)
_CLAUSES = (
    select(PolicyClause)
    .where(PolicyClause.policy_id == bindparam("policy"))
    .order_by(PolicyClause.position, PolicyClause.code)
)


def in_force(session: Session, site_id: int | None) -> PolicyVersion:
    """The newest version of the site's own policy, or of the house policy where it has none."""
    return session.scalars(_IN_FORCE, {"site": site_id}).one()


def versions(session: Session, site_id: int | None) -> Sequence[PolicyVersion]:
    """The versions of a site's own policy, or of the house policy, the newest first."""
    query = select(PolicyVersion).where(PolicyVersion.site_id.is_not_distinct_from(site_id))
    return session.scalars(query.order_by(PolicyVersion.number.desc())).all()


def one(session: Session, policy_id: int) -> PolicyVersion:
    """The version of that id.

    Raises:
        NotFound: there is none.
    """
    version = session.get(PolicyVersion, policy_id)
    if version is None:
        raise NotFound(absent())
    return version


def absent() -> str:
    """That there is no such version, in words."""
    return "There is no such version of a policy"


def write(session: Session, site_id: int | None, draft: Draft, *, began_from: int) -> PolicyVersion:
    """Put a further version of a site's own policy in force, or of the house policy.

    Raises:
        Invalid: something is wrong with the draft; `drafts.faults` says where.
        Conflict: what is in force is not the version any more that the draft began from.
    """
    fault = next(faults(draft), None)
    if fault is not None:
        raise Invalid(f"The draft's {fault.field} cannot be like that", field=fault.field)
    session.execute(WRITING)
    if in_force(session, site_id).id != began_from:
        raise Conflict("Somebody else has written a version in the meantime")
    number = max((version.number for version in versions(session, site_id)), default=0) + 1
    settings = {name: getattr(draft, name) for name in ("second_for_editorial", "second_over", "qa_percent")}
    version = PolicyVersion(site_id=site_id, number=number, **settings)
    session.add(version)
    session.flush()
    session.add_all(
        PolicyClause(policy_id=version.id, position=place, **asdict(clause))
        for place, clause in enumerate(draft.clauses)
    )
    session.flush()
    return version


def clauses(session: Session, policy: PolicyVersion) -> Sequence[PolicyClause]:
    """The clauses of a version, in order."""
    return session.scalars(_CLAUSES, {"policy": policy.id}).all()


def clause(session: Session, policy_id: int, code: str) -> PolicyClause | None:
    """A clause as that version has it; None where it has none of this code."""
    return session.get(PolicyClause, (policy_id, code))


class Rewritten(NamedTuple):
    """A version in which a clause says something else than before, and what it says there; None when it is gone."""

    version: PolicyVersion
    clause: PolicyClause | None


def rewritten(session: Session, site_id: int, code: str, *, seen: int) -> Rewritten | None:
    """The version in force on a site, where its clause is not what the version of that id says; None where it is.

    The clause counts, and not the version: a new one that changes others leaves this one what it was.
    """
    version = in_force(session, site_id)
    if version.id == seen:
        return None
    then, now = clause(session, seen, code), clause(session, version.id, code)
    same = (then and said(then)) == (now and said(now))
    return None if same else Rewritten(version, now)


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
    found = clause(session, policy.id, code)
    if found is None:
        raise Invalid(f"Version {policy.number} of the policy has no clause {code!r}", field="clause")
    if ground not in found.grounds:
        raise Invalid(f"Clause {code} rests on {' or '.join(found.grounds)}, not on {ground}", field="ground")
    return found
