"""Policies and their versions: what each says, who wrote it, and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.policy import service as policy
from moderation_service.policy.drafts import Draft, draft_of
from moderation_service.policy.models import PolicyVersion
from moderation_service.queries.actors import actor_names
from moderation_service.sites.models import Site


def policy_rows(session: Session, sites: list[int] | None) -> list[dict[str, Any]]:
    """The house policy and that of each of these sites (None: of all), with its versions, the newest first.

    A site without versions has the house policy.
    """
    query = select(Site).order_by(Site.name)
    if sites is not None:
        query = query.where(Site.id.in_(sites))
    places: list[Site | None] = [None, *session.scalars(query)]
    return [
        {
            "slug": site.slug if site else None,
            "name": site.name if site else None,
            "versions": version_list(session, site.id if site else None),
        }
        for site in places
    ]


def version_list(session: Session, site_id: int | None) -> list[dict[str, Any]]:
    """The versions of one policy, the newest first, with who wrote each."""
    versions = policy.versions(session, site_id)
    authors = _authors(session, versions)
    return [{"id": v.id, "number": v.number, "created_at": v.created_at, "author": authors.get(v.id)} for v in versions]


def policy_said(session: Session, version: PolicyVersion) -> Draft:
    """All that a version says."""
    return draft_of(version, policy.clauses(session, version))


def _authors(session: Session, versions: Any) -> dict[int, str]:
    """By version, who wrote it, as the trail has it; those that came with the service are left out."""
    subjects = {f"policy:{version.id}": version.id for version in versions}
    query = select(AuditEntry.subject, AuditEntry.actor)
    query = query.where(AuditEntry.subject.in_(subjects), AuditEntry.action == "policy.written")
    written = {subjects[subject]: actor for subject, actor in session.execute(query)}
    names = actor_names(session, set(written.values()))
    return {version_id: names[actor] for version_id, actor in written.items()}
