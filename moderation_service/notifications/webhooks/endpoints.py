"""Endpoints: where a site's own systems take events; added, changed, shut, opened again, and taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Text, delete, func, literal_column, select, update
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict, NotFound
from moderation_service.jobs import wake
from moderation_service.notifications.models import Endpoint, Notice
from moderation_service.notifications.secrets import secret_if_none
from moderation_service.sites.models import Site

GONE = "it answered 410 Gone"
BY_HAND = "it was disabled by hand"
MOST = 20  # endpoints of a site, since each event is a notice to each of them


class Changes(TypedDict, total=False):
    """What may be changed of an endpoint; what is left out stays."""

    url: str
    description: str
    types: Sequence[str]
    enabled: bool


def add(
    session: Session, site_id: int, *, url: str, description: str, types: Sequence[str], actor: str
) -> tuple[Endpoint, str | None]:
    """Add an endpoint for what happens from now on; whether its address may be called, the caller has asked.

    With it comes the secret that the site's webhooks are signed with, if there was none; it is shown this once.

    Raises:
        Conflict: the site has as many as it may have.
    """
    # The site is locked: of two who add the last one at once, one is told.
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))
    held = select(func.count()).where(Endpoint.site_id == site_id)
    if session.execute(held).scalar_one() >= MOST:
        raise Conflict(f"A site has {MOST} endpoints at most")
    endpoint = Endpoint(site_id=site_id, url=url, description=description, types=_in_order(types))
    session.add(endpoint)
    session.flush()
    _audit(session, endpoint, "added", actor=actor)
    return endpoint, secret_if_none(session, site_id, actor=actor)


def one(session: Session, site_id: int, endpoint_id: int) -> Endpoint:
    """An endpoint of a site, locked.

    Raises:
        NotFound: the site has none of this number.
    """
    endpoint = _locked(session, endpoint_id)
    if endpoint is None or endpoint.site_id != site_id:
        raise NotFound(f"There is no webhook endpoint {endpoint_id}")
    return endpoint


def state_of(session: Session, endpoint: Endpoint) -> str:
    """What an endpoint's row is known by until it changes: the transaction that wrote it (PostgreSQL's `xmin`)."""
    wrote = select(literal_column("webhook_endpoints.xmin::text", Text)).select_from(Endpoint)
    return session.execute(wrote.where(Endpoint.id == endpoint.id)).scalar_one()


def change(session: Session, endpoint: Endpoint, changes: Changes, *, actor: str) -> None:
    """Change a locked endpoint; what waits for it goes to where it is now.

    A disabled one is sent nothing, and what happens waits for it; once it is enabled, that is sent. Where it was
    enabled before, what waits for its next try is sent at once.
    """
    before = (endpoint.url, endpoint.description, endpoint.types)
    endpoint.url = changes.get("url", endpoint.url)
    endpoint.description = changes.get("description", endpoint.description)
    endpoint.types = _in_order(changes.get("types", endpoint.types))
    if before != (endpoint.url, endpoint.description, endpoint.types):
        session.flush()
        _audit(session, endpoint, "changed", actor=actor)
    enabled = changes.get("enabled")
    if enabled is False:
        _disable(session, endpoint, because=BY_HAND, actor=actor)
    elif enabled:
        _enable(session, endpoint, actor=actor)


def _disable(session: Session, endpoint: Endpoint, *, because: str, actor: str) -> None:
    if endpoint.disabled_at is None:
        endpoint.disabled_at, endpoint.disabled_because = func.clock_timestamp(), because
        session.flush()
        _hold(session, endpoint)
        _audit(session, endpoint, "disabled", actor=actor)


def _enable(session: Session, endpoint: Endpoint, *, actor: str) -> None:
    if endpoint.disabled_at is not None:
        endpoint.disabled_at = endpoint.disabled_because = None
        session.flush()
        _audit(session, endpoint, "enabled", actor=actor)
    send_again(session, endpoint, (Notice.state == "held") | waiting(endpoint))


def disable_gone(session: Session, endpoint_id: int, url: str) -> None:
    """Disable an endpoint that has answered at `url` that it wants no more, if it is there still, and still there."""
    endpoint = _locked(session, endpoint_id)
    if endpoint is not None and endpoint.url == url:
        _disable(session, endpoint, because=GONE, actor=audit.SYSTEM)


def remove(session: Session, endpoint: Endpoint, *, actor: str) -> None:
    """Take an endpoint away, with what waits for it and the log of what it was sent."""
    _audit(session, endpoint, "removed", actor=actor)
    session.execute(delete(Endpoint).where(Endpoint.id == endpoint.id).execution_options(synchronize_session=False))


def address(session: Session, notice: Notice) -> str | None:
    """Where a leased notice goes now; None if its endpoint is disabled, and all that waits for that is then held.

    The endpoint is locked before that is believed, so that nothing is held that was just let go.
    """
    if notice.endpoint_id is None:
        return notice.recipient
    endpoint = session.get_one(Endpoint, notice.endpoint_id, populate_existing=True)
    if endpoint.disabled_at is not None:
        session.refresh(endpoint, with_for_update={"read": True})
    if endpoint.disabled_at is None:
        return endpoint.url
    notice.state, notice.leased_until = "held", None
    session.flush()
    _hold(session, endpoint)
    return None


def _hold(session: Session, endpoint: Endpoint) -> None:
    """Let what waits for a disabled endpoint be held; what a worker has in its hands is held when it is due again."""
    _set_notices(session, endpoint, waiting(endpoint), state="held")


def waiting(endpoint: Endpoint) -> ColumnElement[bool]:
    """Whether a notice waits for its next try; one that a worker has in its hands, or is taking, does not."""
    free = Notice.leased_until.is_(None) | (Notice.leased_until <= func.clock_timestamp())
    found = select(Notice.id).where(Notice.endpoint_id == endpoint.id, Notice.state == "pending", free)
    return Notice.id.in_(found.with_for_update(skip_locked=True))


def send_again(session: Session, endpoint: Endpoint, *which: ColumnElement[bool]) -> int:
    """Give these notices to an endpoint all their tries anew, from now, under the ids they have; how many."""
    count = _set_notices(
        session,
        endpoint,
        *which,
        state="pending",
        attempts=0,
        wanted_at=func.clock_timestamp(),
        due_at=func.clock_timestamp(),
        sent_at=None,
    )
    wake(session, "notifications.drain")
    return count


def _set_notices(session: Session, endpoint: Endpoint, *which: ColumnElement[bool], **values: object) -> int:
    statement = update(Notice).where(Notice.endpoint_id == endpoint.id, *which).values(**values)
    changed = session.execute(statement.returning(Notice.id), execution_options={"synchronize_session": False})
    return len(changed.all())


def _locked(session: Session, endpoint_id: int) -> Endpoint | None:
    return session.get(Endpoint, endpoint_id, with_for_update={"key_share": True}, populate_existing=True)


def _in_order(types: Sequence[str]) -> list[str]:
    return sorted(set(types))


def _audit(session: Session, endpoint: Endpoint, what: str, *, actor: str) -> None:
    # Of its address the host alone: some hide what opens them in the path.
    told = {
        "host": urlsplit(endpoint.url).hostname,
        "types": list(endpoint.types),
        "because": endpoint.disabled_because,
    }
    audit.append(
        session,
        actor=actor,
        action=f"webhook_endpoint.{what}",
        subject=f"webhook_endpoint:{endpoint.id}",
        site_id=endpoint.site_id,
        detail={name: value for name, value in told.items() if value},
    )
