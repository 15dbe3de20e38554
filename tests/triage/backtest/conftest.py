"""A past to try rules on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from tests.triage.backtest.past import Past


@pytest.fixture
def past(database: Database, settings: Settings) -> Iterator[Past]:
    """A site with three articles and no flags yet."""
    with contextlib.closing(Past(database, settings, articles=3)) as past:
        yield past
