"""What a site's webhooks are signed with: made on first use or when asked for, replaced with an overlap."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict
from moderation_service.notifications.channels import signing
from moderation_service.notifications.models import WebhookSecret


def signing_secrets(session: Session, site_id: int) -> tuple[bytes, ...]:
    """The secrets that sign a site's webhooks now, the newest first; the first is made where there is none."""
    secrets = _unretired(session, site_id)
    if not secrets:
        _make(session, site_id, actor=audit.SYSTEM)
        secrets = _unretired(session, site_id)
    return secrets


def first_secret(session: Session, site_id: int, *, actor: str) -> str:
    """Make a site's first secret, and answer it as receivers take it, this once.

    Raises:
        Conflict: there is one already.
    """
    made = secret_if_none(session, site_id, actor=actor)
    if made is None:
        raise Conflict("This site has a secret already, which is not shown again; --rotate makes its successor")
    return made


def secret_if_none(session: Session, site_id: int, *, actor: str) -> str | None:
    """The same, but None where there is one already."""
    made = _make(session, site_id, actor=actor)
    return None if made is None else signing.serialised(made)


def rotate_secret(session: Session, site_id: int, *, overlap: timedelta, actor: str) -> str:
    """Make the successor of a site's secret, and answer it, this once; the old one signs along for `overlap`."""
    session.execute(
        update(WebhookSecret)
        .where(WebhookSecret.site_id == site_id, WebhookSecret.retired_at.is_(None))
        .values(retired_at=func.clock_timestamp() + literal(overlap))
        .execution_options(synchronize_session=False)
    )
    made = _make(session, site_id, actor=actor)
    if made is None:
        raise Conflict("Somebody else replaced this secret at the same moment")
    return signing.serialised(made)


def _unretired(session: Session, site_id: int) -> tuple[bytes, ...]:
    in_use = WebhookSecret.retired_at.is_(None) | (WebhookSecret.retired_at > func.clock_timestamp())
    query = select(WebhookSecret.secret).where(WebhookSecret.site_id == site_id, in_use)
    return tuple(session.scalars(query.order_by(WebhookSecret.id.desc())))


def _make(session: Session, site_id: int, *, actor: str) -> bytes | None:
    """A new secret in force; None when there is one, made by somebody else perhaps at this moment."""
    statement = (
        insert(WebhookSecret)
        .values(site_id=site_id, secret=signing.new_secret())
        .on_conflict_do_nothing(index_elements=["site_id"], index_where=WebhookSecret.retired_at.is_(None))
        .returning(WebhookSecret.secret)
    )
    made = session.scalar(statement)
    if made is not None:
        audit.append(
            session,
            actor=actor,
            action="site.webhook_secret_made",
            subject=f"site:{site_id}",
            site_id=site_id,
        )
    return made
