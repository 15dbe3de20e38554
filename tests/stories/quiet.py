"""Waits until the service has nothing left to do: `python -m tests.stories.quiet`, its settings in the environment."""

from __future__ import annotations

import contextlib

from moderation_service import queries
from moderation_service.config import Settings
from moderation_service.db import Database
from tests.live import until

WORK = ("untriaged_flags", "unsettled_cases", "pending_orders", "untold_events", "pending_notices")


def is_quiet(database: Database) -> bool:
    """Whether nothing waits for a worker."""
    with database.transaction() as session:
        waiting = queries.backlog(session)
    return not any(waiting[name][1] for name in WORK)


if __name__ == "__main__":
    with contextlib.closing(Database(Settings.from_env(), pool_size=1)) as database:
        until(lambda: is_quiet(database), seconds=30)
