"""Writing a version: one writer at a time, the next number, the end of what was asked for before, the audit entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict
from moderation_service.triage import models
from moderation_service.triage.rules.entries import Entry, Mode, find

# Held by whoever writes a version, until his transaction ends: versions become visible in the order of their ids, so
# the highest id that can be seen stands for the whole book (`in_force` remembers the book by it).
LOCK = select(func.pg_advisory_xact_lock(7_105_214))


def hold(session: Session, rule: models.Rule, seen: int | None = None) -> Entry:
    """The rule as it stands, which nobody else changes before this transaction ends.

    Raises:
        Conflict: it is not at version `seen` any more.
    """
    session.execute(LOCK)
    held = find(session, rule.name, site_id=rule.site_id)
    if seen is not None and held.version.number != seen:
        raise Conflict("This rule was changed since you looked", version=held.version.number, mode=held.mode)
    return held


def append(
    session: Session,
    rule: models.Rule,
    before: Entry | None,
    *,
    mode: Mode,
    author: str,
    because: str,
    document: dict[str, Any] | None = None,
    agreed_by: str | None = None,
) -> Entry:
    """Write the next version, saying what `before` said unless a document is given.

    A request was for the version before, so it ends.
    """
    version = models.RuleVersion(
        rule_id=rule.id,
        number=before.version.number + 1 if before else 1,
        mode=mode,
        document=document if before is None or document is not None else before.version.document,
        author=author,
        because=because,
        agreed_by=agreed_by,
    )
    session.add(version)
    if before is not None and before.request is not None:
        session.delete(before.request)
    session.flush()
    written = Entry(rule, version, None)
    tell(session, written, "rule.changed" if before else "rule.added", author=agreed_by or author, before=before)
    return written


def tell(session: Session, told: Entry, action: str, *, author: str, before: Entry | None = None) -> None:
    """The audit entry; with the digests of both versions, since neither is ever changed."""
    audit.append(
        session,
        actor=author,
        action=action,
        subject=f"rule:{told.rule.id}",
        site_id=told.rule.site_id,
        before=_evidence(before) if before else None,
        after=_evidence(told),
        detail={"name": told.rule.name, "version": told.version.number, "mode": told.version.mode},
    )


def _evidence(entry: Entry) -> ColumnElement[bytes]:
    return audit.evidence(models.RuleVersion, models.RuleVersion.id == entry.version.id)
