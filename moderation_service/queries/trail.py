"""The audit trail as people read it: entries by who, what, about what, where and when; and how far it is verified."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry, AuditLane, Verification
from moderation_service.policy.models import PolicyVersion
from moderation_service.queries.actors import actor_names
from moderation_service.queries.cursor import Page, decode, encode
from moderation_service.runs import UNFINISHED
from moderation_service.sites.models import ApiKey, Site

EXPORT_PAGE = 1000
SUBJECT = re.compile(r"([a-z_]+):(\d{1,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which entries; what is None leaves out nothing.

    `sites` are those whose entries may be seen: with None, all, and those that are about no site, too.
    """

    sites: list[int] | None
    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def trail_page(session: Session, wanted: TrailFilter, *, cursor: str | None, limit: int) -> Page:
    """Entries, the newest first, with the names that people know.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = select(AuditEntry).where(*_conditions(wanted))
    if cursor is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < decode(cursor, datetime, int))
    found = session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit + 1)).all()
    entries = found[:limit]
    last = entries[-1] if len(found) > limit else None
    return Page(_named(session, entries), encode([last.at, last.id]) if last else None)


def trail_rows(session: Session, wanted: TrailFilter, *, most: int) -> Iterator[dict[str, Any]]:
    """The same entries, one after the other, up to so many; read a thousand at a time."""
    cursor: str | None = None
    while most > 0:
        page = trail_page(session, wanted, cursor=cursor, limit=min(EXPORT_PAGE, most))
        yield from page.rows
        most -= len(page.rows)
        cursor = page.next
        if cursor is None:
            return


def trail_state(session: Session) -> dict[str, Any]:
    """The last verification that ended, the one that waits or runs, and how many entries there are now."""
    ended = select(Verification).where(Verification.state.not_in(UNFINISHED))
    going = select(Verification).where(Verification.state.in_(UNFINISHED))
    last = session.scalar(ended.order_by(Verification.finished_at.desc()).limit(1))
    done = session.scalar(ended.where(Verification.state == "done").order_by(Verification.finished_at.desc()).limit(1))
    entries = session.execute(select(func.coalesce(func.sum(AuditLane.seq), 0))).scalar_one()
    return {
        "done": done,
        "failed": last if last is not None and last.state == "failed" else None,
        "going": session.scalar(going.order_by(Verification.id).limit(1)),
        "entries": int(entries),
        "since": int(entries) - (done.entries or 0) if done else int(entries),
        "asked_by": actor_names(session, {done.asked_by})[done.asked_by] if done else None,
    }


def _conditions(wanted: TrailFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.sites is not None:
        yield AuditEntry.site_id.in_(wanted.sites)
    if wanted.actor is not None:
        yield AuditEntry.actor == wanted.actor
    if wanted.action is not None:
        yield AuditEntry.action == wanted.action
    if wanted.subject is not None:
        yield AuditEntry.subject == wanted.subject
    if wanted.since is not None:
        yield AuditEntry.at >= wanted.since
    if wanted.until is not None:
        yield AuditEntry.at < wanted.until


def _named(session: Session, entries: Collection[AuditEntry]) -> list[dict[str, Any]]:
    """Entries with the names of people, sites, keys and policies that they are about."""
    people = {entry.actor for entry in entries} | {entry.subject for entry in entries}
    names = actor_names(session, {name for name in people if re.fullmatch(r"moderator:\d{1,9}", name)})
    names |= _names_of_things(session, entries)
    sites = _site_names(session, {entry.site_id for entry in entries if entry.site_id is not None})
    return [
        {
            "id": entry.id,
            "lane": entry.lane,
            "seq": entry.seq,
            "at": entry.at,
            "actor": entry.actor,
            "actor_name": names.get(entry.actor),
            "action": entry.action,
            "subject": entry.subject,
            "subject_name": names.get(entry.subject),
            "site": sites.get(entry.site_id) if entry.site_id is not None else None,
            "detail": entry.detail,
            "before_digest": entry.before_digest,
            "after_digest": entry.after_digest,
            "hash": entry.hash,
        }
        for entry in entries
    ]


def _names_of_things(session: Session, entries: Collection[AuditEntry]) -> dict[str, str]:
    ids: dict[str, set[int]] = {}
    for entry in entries:
        subject = SUBJECT.fullmatch(entry.subject)
        if subject is not None:
            ids.setdefault(subject[1], set()).add(int(subject[2]))
    keys = select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(ids.get("key", ())))
    versions = select(PolicyVersion.id, PolicyVersion.number).where(PolicyVersion.id.in_(ids.get("policy", ())))
    return (
        {f"site:{site_id}": name for site_id, name in _site_names(session, ids.get("site", set())).items()}
        | {f"key:{key_id}": name for key_id, name in session.execute(keys)}
        | {f"policy:{version_id}": str(number) for version_id, number in session.execute(versions)}
    )


def _site_names(session: Session, site_ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Site.id, Site.name).where(Site.id.in_(site_ids)))
    return {site_id: name for site_id, name in rows}
