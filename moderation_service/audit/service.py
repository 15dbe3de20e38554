"""Write the audit trail, and find where it was tampered with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql import cast

SYSTEM = "system"


def digest(state: Mapping[str, Any] | None) -> bytes | None:
    """The SHA-256 of a state as canonical JSON; None for a thing that is not there."""
    if state is None:
        return None
    return hashlib.sha256(json.dumps(state, sort_keys=True, separators=(",", ":"), default=str).encode()).digest()


def append(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    site_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record one change of state in this transaction; call it last, for it holds its lane until the commit.

    `before` and `after` are kept as digests only; `detail` is kept as it is and must hold no personal data.
    """
    entry = func.audit_append(
        actor, action, subject, site_id, digest(before), digest(after), cast(dict(detail or {}), JSONB)
    )
    session.execute(select(entry))


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
