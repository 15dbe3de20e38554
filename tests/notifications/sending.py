"""What a worker of notices does, step by step."""

from __future__ import annotations

from moderation_service import sending
from moderation_service.config import Settings
from moderation_service.db import Database


def send_all(database: Database, settings: Settings) -> None:
    """Send all that is due."""
    while send_one(database, settings):
        pass


def send_one(database: Database, settings: Settings) -> bool:
    """Send what is due longest; whether there was anything."""
    with database.transaction() as session:
        lease = sending.lease_notice(session, settings)
    if lease is None:
        return False
    outcome = sending.deliver(lease, settings)
    with database.transaction() as session:
        sending.settle_notice(session, lease, outcome, settings)
    return True
