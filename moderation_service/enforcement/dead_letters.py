"""Dead letters: orders that were given up on, found and given another life."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.enforcement.models import Order
from moderation_service.errors import Conflict, NotFound


def one(session: Session, order_id: int) -> Order:
    """An order, locked; whether it is a dead letter, `replay` looks when it is known who asks.

    Raises:
        NotFound: there is no such order.
    """
    order = session.get(Order, order_id, with_for_update=True)
    if order is None:
        raise NotFound("There is no such order")
    return order


def every(session: Session, *, sites: Sequence[int] | None) -> Sequence[Order]:
    """All dead letters of these sites, locked, oldest first; None for all sites."""
    query = select(Order).where(Order.state == "dead").order_by(Order.id)
    if sites is not None:
        query = query.where(Order.site_id.in_(sites))
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def replay(session: Session, order: Order, *, actor: str) -> None:
    """Give a dead letter another life: all its tries anew, from now.

    Raises:
        Conflict: it is no dead letter.
    """
    if order.state != "dead":
        raise Conflict(f"This order is {order.state}, not dead")
    order.state, order.attempts = "pending", 0
    order.wanted_at = order.due_at = func.clock_timestamp()
    session.flush()
    audit.append(session, actor=actor, action="order.replayed", subject=f"order:{order.id}", site_id=order.site_id)
