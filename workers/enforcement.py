"""Orders into stores: claim, call, confirm."""

from __future__ import annotations

import structlog

from moderation_service import pipeline
from workers.app import app, database, settings

log = structlog.get_logger()

MOST_ORDERS = 200


@app.task(name="enforcement.drain")
def drain() -> int:
    """Carry out what is due, order by order; how many there were."""
    for done in range(MOST_ORDERS):
        if not carry_out_one():
            return done
    return MOST_ORDERS


def carry_out_one() -> bool:
    """Lease an order and commit, call its store with no transaction open, write down what came of it."""
    with database().transaction() as session:
        lease = pipeline.lease_order(session, settings)
    if lease is None:
        return False
    tried = pipeline.carry_out(lease, database().transaction)
    with database().transaction() as session:
        pipeline.settle_order(session, lease, tried, settings)
    log.info("order.tried", order=lease.order_id, version=lease.version, error=tried.error or None)
    return True
