"""Dead letters: orders that were given up on, given another life."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service import leases
from moderation_service.audit import service as audit
from moderation_service.enforcement.models import Order


def replay(session: Session, order: Order, *, actor: str) -> None:
    """Give a dead letter another life: all its tries anew, from now.

    Raises:
        Conflict: it is no dead letter.
    """
    leases.revive(session, order)
    audit.append(session, actor=actor, action="order.replayed", subject=f"order:{order.id}", site_id=order.site_id)
