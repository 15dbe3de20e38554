"""Webhook endpoints on the pages of the administration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from moderation_service.config import Settings
from moderation_service.notifications.models import Endpoint, Notice
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from moderation_service.sites.service import site_by_slug
from tests.api.conftest import open_for_file
from tests.api.door import Door
from tests.console.cases import words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, open_door, seat
from tests.console.forms import seen_on
from tests.console.test_admin_sites import secret_on
from tests.deliveries import make_delivery, make_endpoint
from tests.notifications.sinks import Receiver, serving
from tests.servers import TestServers

WEBHOOKS = "/console/admin/sites/courier/webhooks"


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door whose webhooks may go to this machine."""
    with open_for_file(servers, worker_id, webhook_allow_private=True) as door:
        yield door


@pytest.fixture
def admin(sit: Sit) -> Desk:
    """An admin of all sites."""
    return sit(Role.ADMIN)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver):
        yield receiver


@pytest.fixture
def endpoint(door: Door, receiver: Receiver) -> int:
    """An endpoint of the test's own, at that receiver."""
    with door.services.database.transaction() as session:
        return make_endpoint(session, door_site(door), receiver.url()).id


def door_site(door: Door) -> Site:
    """The site that all endpoints are of."""
    with door.services.database.transaction() as session:
        return site_by_slug(session, "courier")


def stored(door: Door, endpoint_id: int) -> Endpoint | None:
    """The endpoint as it stands."""
    with door.services.database.transaction() as session:
        return session.get(Endpoint, endpoint_id)


def delivery(door: Door, endpoint_id: int, state: str = "dead", *tries: dict[str, Any]) -> int:
    """Something that it was sent; its id."""
    with door.services.database.transaction() as session:
        return make_delivery(session, session.get_one(Endpoint, endpoint_id), state, *tries)


def state_of(door: Door, delivery_id: int) -> str:
    """How it stands."""
    with door.services.database.transaction() as session:
        return session.get_one(Notice, delivery_id).state


def test_the_first_endpoint_shows_the_secret_once(receiver: Receiver, settings: Settings) -> None:
    with open_door(settings, webhook_allow_private=True) as door:
        admin = seat(door, "ada", Role.ADMIN)
        added = admin.post(WEBHOOKS, {"url": receiver.url(), "types": "case.opened", "description": ""})
        secret = secret_on(added)
        admin.post(f"{WEBHOOKS}/1:test")
        Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
        assert "whsec_" not in admin.get(WEBHOOKS).text


def test_what_is_wrong_with_an_endpoint_is_told_at_its_field(admin: Desk) -> None:
    answer = admin.post(WEBHOOKS, {"url": "http://169.254.169.254/hook", "types": "case.opened"})
    assert answer.status_code == 422
    assert "This address is in a network where nothing may be sent." in words_of(answer)
    assert 'value="http://169.254.169.254/hook"' in answer.text
    none = admin.post(WEBHOOKS, {"url": "http://127.0.0.1:9/"})
    assert "Choose at least one." in words_of(none)


def test_an_endpoint_is_changed(door: Door, admin: Desk, endpoint: int) -> None:
    form = {"url": "http://127.0.0.1:9/moved", "types": ["case.opened", "decision.made"], "description": "Search"}
    seen = seen_on(admin.get(f"{WEBHOOKS}/{endpoint}").text)
    assert admin.post(f"{WEBHOOKS}/{endpoint}", form | {"seen": seen}).status_code == 303
    changed = stored(door, endpoint)
    assert changed is not None
    assert (changed.url, changed.types, changed.description) == tuple(form.values())


def test_of_two_who_change_an_endpoint_the_second_is_told_what_the_first_set(
    door: Door, admin: Desk, endpoint: int
) -> None:
    path, kept = f"{WEBHOOKS}/{endpoint}", {"types": ["case.opened"], "description": "Search"}
    seen = {"seen": seen_on(admin.get(path).text)}
    admin.post(path, kept | seen | {"url": "http://127.0.0.1:9/new"})
    late = admin.post(path, kept | seen | {"url": "http://127.0.0.1:9/old", "description": "Renamed"})
    changed = stored(door, endpoint)
    assert changed is not None
    assert (late.status_code, changed.url, changed.description) == (409, "http://127.0.0.1:9/new", "Search")
    assert "<bdi>http://127.0.0.1:9/new</bdi>" in late.text
    assert 'value="Renamed"' in late.text
    anew = kept | {"url": "http://127.0.0.1:9/new", "description": "Renamed", "seen": seen_on(late.text)}
    assert admin.post(path, anew).status_code == 303


def test_an_endpoint_is_disabled_and_enabled(door: Door, admin: Desk, endpoint: int) -> None:
    waiting = delivery(door, endpoint, "pending")
    admin.post(f"{WEBHOOKS}/{endpoint}:switch")
    assert "somebody disabled it" in words_of(admin.get(f"{WEBHOOKS}/{endpoint}"))
    assert state_of(door, waiting) == "held"
    admin.post(f"{WEBHOOKS}/{endpoint}:switch", {"enabled": "on"})
    assert state_of(door, waiting) == "pending"


def test_a_test_event_tells_what_became_of_it(admin: Desk, endpoint: int, receiver: Receiver) -> None:
    admin.post(f"{WEBHOOKS}/{endpoint}:test")
    assert "The test event was taken after" in words_of(admin.get(WEBHOOKS))
    receiver.mode = "500"
    admin.post(f"{WEBHOOKS}/{endpoint}:test")
    assert "The test event was not taken: It answered 500" in words_of(admin.get(WEBHOOKS))


def test_every_try_is_shown_as_it_came_back(door: Door, admin: Desk, endpoint: int) -> None:
    delivery(door, endpoint, "dead", {"duration_ms": 41, "status": 500, "error": "It answered 500", "answer": "<b>no"})
    shown = admin.get(f"{WEBHOOKS}/{endpoint}")
    assert "41 ms: It answered 500" in words_of(shown)
    assert "&lt;b&gt;no" in shown.text


def test_one_and_all_are_sent_again(door: Door, admin: Desk, endpoint: int) -> None:
    one, other = delivery(door, endpoint), delivery(door, endpoint)
    admin.post(f"{WEBHOOKS}/{endpoint}/deliveries/{one}:replay")
    assert (state_of(door, one), state_of(door, other)) == ("pending", "dead")
    admin.post(f"{WEBHOOKS}/{endpoint}:replay", {"again": "dead"})
    assert state_of(door, other) == "pending"


def test_all_of_some_hours_are_sent_again(door: Door, admin: Desk, endpoint: int) -> None:
    sent = delivery(door, endpoint, "sent")
    admin.post(f"{WEBHOOKS}/{endpoint}:replay", {"again": "24"})
    assert state_of(door, sent) == "pending"


def test_nothing_is_sent_again_to_a_disabled_endpoint(door: Door, admin: Desk, endpoint: int) -> None:
    lost = delivery(door, endpoint)
    admin.post(f"{WEBHOOKS}/{endpoint}:switch")
    for path, form in ((":replay", {"again": "dead"}), (f"/deliveries/{lost}:replay", {})):
        answer = admin.post(f"{WEBHOOKS}/{endpoint}{path}", form)
        assert answer.status_code == 409
        assert "This endpoint is disabled; enable it first." in words_of(answer)


def test_an_endpoint_is_removed_after_a_question(door: Door, admin: Desk, endpoint: int) -> None:
    assert "Remove the endpoint" in words_of(admin.get(f"{WEBHOOKS}/{endpoint}:remove"))
    admin.post(f"{WEBHOOKS}/{endpoint}:remove")
    assert stored(door, endpoint) is None
