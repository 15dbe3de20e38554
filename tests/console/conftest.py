"""The console's tests sit before the API's door, with a browser that keeps cookies."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from moderation_service.policy.vocabulary import Role
from tests.api.conftest import door, make_door
from tests.api.door import Door
from tests.console.desk import Desk, seat

__all__ = ["door", "make_door"]

_numbers = itertools.count()

Sit = Callable[..., Desk]


@pytest.fixture
def guest(door: Door) -> Desk:
    """Somebody who is not signed in."""
    return Desk(door.app.test_client())


@pytest.fixture
def sit(door: Door) -> Sit:
    """Seats new people, each of the role asked for."""
    return lambda role=Role.MODERATOR, site=None: seat(door, f"person-{next(_numbers)}", role, site)


@pytest.fixture
def desk(sit: Sit) -> Desk:
    """A moderator who is signed in."""
    return sit()
