"""The service's door, for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.conftest import make_door, open_for_file
from tests.api.door import Door
from tests.servers import TestServers

__all__ = ["make_door"]


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door with limits nobody reaches."""
    with open_for_file(servers, worker_id, rate_limit_receipt="1000000/minute") as door:
        yield door
