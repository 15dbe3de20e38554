"""The book of rules for lists and screens: what stands in it, what was changed when by whom, how often each fired."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.errors import Invalid
from moderation_service.queries.actors import actor_names
from moderation_service.sites.models import Site
from moderation_service.triage.models import RuleVersion
from moderation_service.triage.rules import diff, dump, load, switches
from moderation_service.triage.rules.entries import Entry, entries, history
from moderation_service.triage.rules.rates import Step, rate


def rule_rows(session: Session, *, sites: Collection[int] | None) -> list[dict[str, Any]]:
    """The rules of these sites (None: of all) and those for all sites, in the order in which they run."""
    found = entries(session, sites=sites)
    signed = [author for entry in found for author in _signers(entry)]
    names = actor_names(session, signed)
    return [_row(entry, names) for entry in found]


def rule_detail(session: Session, entry: Entry) -> dict[str, Any]:
    """A rule as it stands; of a list of them, one row."""
    return _row(entry, actor_names(session, _signers(entry)))


def version_rows(session: Session, rule_id: int) -> list[dict[str, Any]]:
    """All versions of a rule, the newest first, each with what it changed."""
    versions = history(session, rule_id)
    names = actor_names(session, [name for version in versions for name in (version.author, version.agreed_by) if name])
    said = [_written(version) for version in versions]
    return [
        {
            "version": version.number,
            "mode": version.mode,
            "by": names[version.author],
            "agreed_by": version.agreed_by and names[version.agreed_by],
            "because": version.because,
            "at": version.created_at,
            "changes": diff(before, after),
            "document": after,
        }
        for version, before, after in zip(versions, [None, *said], said, strict=False)
    ][::-1]


def rate_rows(
    session: Session, rule_id: int, *, step: Step, bars: int, sites: Collection[int] | None
) -> list[dict[str, Any]]:
    """How often a rule fired in each of the last hours or days, oldest first, on these sites (None: on all)."""
    found = rate(session, rule_id, step=step, bars=bars, sites=sites)
    return [{"at": bar.at, "live": bar.live, "shadow": bar.shadow} for bar in found]


def automation_rows(session: Session, *, sites: Collection[int] | None) -> list[dict[str, Any]]:
    """The kill switches that were ever turned, the one for all sites (site None) first."""
    turned = switches.switches(session, sites=sites)
    names = actor_names(session, [switch.author for switch in turned])
    ids = [switch.site_id for switch in turned]
    slugs = {site.id: site.slug for site in session.scalars(select(Site).where(Site.id.in_(ids)))}
    return [
        {
            "site": None if switch.site_id is None else slugs[switch.site_id],
            "off": switch.off,
            "by": names[switch.author],
            "because": switch.because,
            "at": switch.changed_at,
        }
        for switch in turned
    ]


def _row(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    request = entry.request
    return {
        "id": entry.rule.id,
        "name": entry.rule.name,
        "site": entry.version.document["site"],
        "position": entry.rule.position,
        "mode": entry.version.mode,
        "version": entry.version.number,
        "by": names[entry.version.author],
        "changed_at": entry.version.created_at,
        "request": request and {"by": names[request.author], "because": request.because, "asked_at": request.asked_at},
        "because": entry.version.because,
        "stood_down": entry.stood_down,
        "document": _written(entry.version),
    }


def _written(version: RuleVersion) -> dict[str, Any]:
    """What a version says, its members in the usual order, which the database does not keep."""
    try:
        return dump(load(version.document))
    except Invalid:  # written by a version of the service that knew other words
        return version.document


def _signers(entry: Entry) -> list[str]:
    return [entry.version.author, *([entry.request.author] if entry.request else [])]
