"""Policies, for those who administer the sites that they hold on; the house policy, for admins of all."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from moderation_service.administration.sites import place
from moderation_service.audit import service as audit
from moderation_service.policy import service as policy
from moderation_service.policy.drafts import Draft
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person


def own_policy(session: Session, person: Person, policy_id: int) -> PolicyVersion:
    """A version of the house policy, or of one of a person's sites; for admins.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: he is no admin there.
    """
    version = policy.one(session, policy_id)
    if version.site_id is not None:
        person.require_here(version.site_id, policy.absent())
        person.require(Role.ADMIN, version.site_id)
    return version


def policy_place(session: Session, person: Person, slug: str | None) -> int | None:
    """The site whose policy an admin may write; the None that stands for the house takes an admin of all.

    Raises:
        NotFound: as `own_site`.
        Forbidden: as `own_site`.
    """
    site = place(session, person, slug)
    return None if site is None else site.id


def write_policy(session: Session, person: Person, slug: str | None, draft: Draft, *, began_from: int) -> PolicyVersion:
    """An admin puts a further version of a policy in force.

    Raises:
        NotFound: as `own_site`.
        Forbidden: as `own_site`.
        Invalid: something is wrong with the draft.
        Conflict: somebody else has written a version since the draft was begun.
    """
    return set_policy(session, policy_place(session, person, slug), draft, began_from=began_from, actor=person.actor)


def set_policy(session: Session, site_id: int | None, draft: Draft, *, began_from: int, actor: str) -> PolicyVersion:
    """Put a further version of a policy in force, and into the audit trail.

    Raises:
        Invalid, Conflict: as `write_policy`.
    """
    version = policy.write(session, site_id, draft, began_from=began_from)
    audit.append(
        session,
        actor=actor,
        action="policy.written",
        subject=f"policy:{version.id}",
        site_id=site_id,
        after=asdict(draft),
        detail={"number": version.number, "clauses": [clause.code for clause in draft.clauses]},
    )
    return version
