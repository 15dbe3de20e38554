"""Write the audit trail, and find where it was tampered with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql import cast

from moderation_service.audit.models import AuditEntry
from moderation_service.db import Base, before_commit

SYSTEM = "system"

State = Mapping[str, Any] | ColumnElement[bytes] | None


def digest(state: State) -> bytes | ColumnElement[bytes] | None:
    """The SHA-256 of a state as canonical JSON; what `evidence` gave is one already; None for what is not there."""
    if state is None or isinstance(state, ColumnElement):
        return state
    return hashlib.sha256(json.dumps(state, sort_keys=True, separators=(",", ":"), default=str).encode()).digest()


def append(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    site_id: int | None = None,
    before: State = None,
    after: State = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record one change of state in this transaction.

    It is written as the last thing before the commit, since it holds its lane until then: two transactions that share
    a lane can then never wait for each other in a circle, whatever else they have locked.

    `before` and `after` are kept as digests only; `detail` is kept as it is and must hold no personal data.
    """
    entry = func.audit_append(
        actor, action, subject, site_id, digest(before), digest(after), cast(dict(detail or {}), JSONB)
    )
    before_commit(session, lambda: session.execute(select(entry)))


def actors(session: Session, action: str, subjects: Collection[str]) -> dict[str, str]:
    """By subject, who did this to it; without those to whom nobody did."""
    query = select(AuditEntry.subject, AuditEntry.actor)
    query = query.where(AuditEntry.subject.in_(subjects), AuditEntry.action == action)
    return {subject: actor for subject, actor in session.execute(query)}


def evidence(table: type[Base], *key: ColumnElement[bool]) -> ColumnElement[bytes]:
    """The digest of one row that is never changed; `verify` computes it anew from what the row then is."""
    row: ColumnElement[Any] = literal_column(table.__tablename__)
    return select(func.evidence_digest(row)).select_from(table).where(*key).scalar_subquery()


def append_batch(session: Session, *, action: str, kind: str, ids: Sequence[int]) -> None:
    """Record that the system did one thing to many of a kind at once."""
    if ids:
        append(
            session,
            actor=SYSTEM,
            action=action,
            subject=f"{kind}:{min(ids)}-{max(ids)}",
            after={kind: sorted(ids)},
            detail={kind: sorted(ids)},
        )
