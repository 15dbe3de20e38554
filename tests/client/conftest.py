"""The service on a port of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from moderation_service.client import ModerationService
from tests.api.conftest import article, door
from tests.api.door import Door
from tests.served import Served

__all__ = ["article", "door"]


@pytest.fixture
def served(door: Door) -> Iterator[Served]:
    """The service, answering."""
    with contextlib.closing(Served(door)) as served:
        yield served


@pytest.fixture
def client(served: Served) -> ModerationService:
    """A client that has asked for nothing yet."""
    return served.client()
