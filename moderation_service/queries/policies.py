"""Policies and their versions: what each says, who wrote it, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
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
    versions = select(PolicyVersion).order_by(PolicyVersion.number.desc())
    if sites is not None:
        query = query.where(Site.id.in_(sites))
        versions = versions.where(or_(PolicyVersion.site_id.is_(None), PolicyVersion.site_id.in_(sites)))
    written: dict[int | None, list[dict[str, Any]]] = {}
    for version, row in _told(session, session.scalars(versions).all()):
        written.setdefault(version.site_id, []).append(row)
    house = {"slug": None, "name": None, "versions": written.get(None, [])}
    own = [{"slug": s.slug, "name": s.name, "versions": written.get(s.id, [])} for s in session.scalars(query)]
    return [house, *own]


def version_list(session: Session, site_id: int | None) -> list[dict[str, Any]]:
    """The versions of one policy, the newest first, with who wrote each."""
    return [row for _, row in _told(session, policy.versions(session, site_id))]


def policy_said(session: Session, version: PolicyVersion) -> Draft:
    """All that a version says."""
    return draft_of(version, policy.clauses(session, version))


def _told(session: Session, versions: Sequence[PolicyVersion]) -> Iterator[tuple[PolicyVersion, dict[str, Any]]]:
    """Each version with what a list says of it: who wrote it, as the trail has it, is empty for what came with us."""
    subjects = {f"policy:{version.id}": version for version in versions}
    actors = audit.actors(session, "policy.written", subjects)
    names = actor_names(session, set(actors.values()))
    for subject, version in subjects.items():
        author = names.get(actors.get(subject, ""))
        yield version, {"id": version.id, "number": version.number, "created_at": version.created_at, "author": author}
