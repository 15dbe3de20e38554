"""Webhook endpoints, as a site's own systems meet them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from moderation_service.notifications.webhooks.endpoints import MOST
from moderation_service.notifications.webhooks.vocabulary import EventType
from moderation_service.sites.service import site_by_slug
from tests.api.conftest import MakeDoor, open_for_file
from tests.api.door import Door, assert_problem
from tests.at_once import at_once
from tests.deliveries import make_endpoint
from tests.factories import make_site
from tests.notifications.sinks import Receiver, serving
from tests.servers import TestServers

PATH = "/v1/webhook-endpoints"


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door whose webhooks may go to this machine."""
    with open_for_file(servers, worker_id, webhook_allow_private=True) as door:
        yield door


@pytest.fixture(scope="module")
def strict(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door whose webhooks may go outside only, as they come."""
    with open_for_file(servers, worker_id) as door:
        yield door


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver):
        yield receiver


@pytest.fixture
def endpoint(door: Door, receiver: Receiver) -> Iterator[dict[str, Any]]:
    """An endpoint of the test's own."""
    added = door.post(PATH, door.site, {"url": receiver.url()}).get_json()
    yield added
    door.call("DELETE", f"{PATH}/{added['id']}", door.site)


def shown(door: Door, endpoint: dict[str, Any]) -> dict[str, Any]:
    """The endpoint as it stands."""
    told: dict[str, Any] = door.get(f"{PATH}/{endpoint['id']}", door.site).get_json()
    return told


def deliveries(door: Door, endpoint: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    """What it was sent, the newest first."""
    told: list[dict[str, Any]] = door.get(f"{PATH}/{endpoint['id']}/deliveries{query}", door.site).get_json()[
        "deliveries"
    ]
    return told


def test_the_first_endpoint_comes_with_the_secret_and_only_then(make_door: MakeDoor) -> None:
    door = make_door(webhook_allow_private=True)
    url = "http://127.0.0.1:9/hook"
    first, second = (door.post(PATH, door.site, {"url": url, "types": ["case.opened"]}).get_json() for _ in range(2))
    assert first["secret"].startswith("whsec_")
    assert "secret" not in second
    assert first["types"] == ["case.opened"]
    assert "whsec_" not in door.get(PATH, door.site).text


def test_without_types_an_endpoint_hears_everything(endpoint: dict[str, Any]) -> None:
    assert endpoint["types"] == sorted(EventType)


def test_an_endpoint_is_listed_changed_and_removed(door: Door, receiver: Receiver) -> None:
    added = door.post(PATH, door.site, {"url": receiver.url()}).get_json()
    changes = {"description": "the search index", "types": ["decision.applied"], "enabled": False}
    changed = door.call("PATCH", f"{PATH}/{added['id']}", door.site, changes).get_json()
    assert (changed["description"], changed["types"], changed["enabled"]) == tuple(changes.values())
    assert changed["disabled_because"] == "it was disabled by hand"
    assert changed in door.get(PATH, door.site).get_json()["endpoints"]
    assert door.call("DELETE", f"{PATH}/{added['id']}", door.site).status_code == 204
    assert_problem(door.get(f"{PATH}/{added['id']}", door.site), 404)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1/hook", "where nothing may be sent"),
        ("http://[::1]/hook", "where nothing may be sent"),
        ("http://169.254.169.254/latest", "where nothing may be sent"),
        ("http://10.1.2.3:8080/", "where nothing may be sent"),
        ("https://nobody.invalid/hook", "is not known"),
        ("https://ada:secret@courier.example/hook", "has a name or password in it"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_at_once(strict: Door, url: str, says: str) -> None:
    problem = assert_problem(strict.post(PATH, strict.site, {"url": url}), 422, "#/url")
    assert says in str(problem["errors"])
    assert strict.get(PATH, strict.site).get_json() == {"endpoints": []}


def test_a_change_to_such_an_address_is_refused_too(door: Door, endpoint: dict[str, Any]) -> None:
    changes = {"url": "http://169.254.169.254/"}
    assert_problem(door.call("PATCH", f"{PATH}/{endpoint['id']}", door.site, changes), 422, "#/url")


def test_a_type_that_does_not_exist_is_refused(door: Door) -> None:
    assert_problem(door.post(PATH, door.site, {"url": "http://127.0.0.1/", "types": ["nothing"]}), 422, "#/types/0")


def test_a_site_has_so_many_endpoints_and_no_more(make_door: MakeDoor) -> None:
    door = make_door(webhook_allow_private=True)
    answers = [door.post(PATH, door.site, {"url": "http://127.0.0.1:9/"}).status_code for _ in range(MOST + 1)]
    assert answers == [201] * MOST + [409]


def test_of_many_who_add_the_last_endpoint_at_once_one_does(make_door: MakeDoor) -> None:
    door = make_door(webhook_allow_private=True)
    with door.services.database.transaction() as session:
        for _ in range(MOST - 1):
            make_endpoint(session, site_by_slug(session, "courier"))
    answers = at_once(lambda _: door.post(PATH, door.site, {"url": "http://127.0.0.1:9/"}).status_code, range(8))
    assert sorted(answers, key=str) == [201] + [409] * 7


def test_what_happened_before_a_type_was_listened_to_is_not_told(door: Door, endpoint: dict[str, Any]) -> None:
    path = f"{PATH}/{endpoint['id']}"
    door.call("PATCH", path, door.site, {"types": ["decision.made"]})
    case = door.case_of("widened")
    door.call("PATCH", path, door.site, {"types": ["case.opened", "decision.made"]})
    door.decide(case)
    door.tell()
    assert [delivery["type"] for delivery in deliveries(door, endpoint)] == ["decision.made"]


def test_only_a_secret_key_opens_it(door: Door) -> None:
    assert door.get(PATH, door.reader).status_code == 403
    assert door.get(PATH, door.moderator).status_code == 401


def test_a_test_event_is_sent_at_once_and_signed(make_door: MakeDoor, receiver: Receiver) -> None:
    door = make_door(webhook_allow_private=True)
    added = door.post(PATH, door.site, {"url": receiver.url()}).get_json()
    tried = door.post(f"{PATH}/{added['id']}:test", door.site).get_json()
    assert (tried["status"], tried["error"]) == (204, None)
    (post,) = receiver.received
    assert Webhook(added["secret"]).verify(post.body, post.headers)["type"] == "webhook.test"
    assert deliveries(door, added) == []


def test_a_test_event_has_the_shape_of_all_others(door: Door, endpoint: dict[str, Any], receiver: Receiver) -> None:
    door.post(f"{PATH}/{endpoint['id']}:test", door.site)
    told = json.loads(receiver.received[-1].body)["data"]
    assert (told["article"], told["sequence"], told["case_id"]) == ({"external_id": None, "url": None}, 0, 0)


def test_a_test_event_that_fails_says_how(door: Door, endpoint: dict[str, Any], receiver: Receiver) -> None:
    receiver.mode = "500"
    tried = door.post(f"{PATH}/{endpoint['id']}:test", door.site).get_json()
    assert (tried["status"], tried["error"]) == (500, "It answered 500")


def test_tests_are_limited(make_door: MakeDoor, receiver: Receiver) -> None:
    door = make_door(webhook_allow_private=True, rate_limit_webhook="2/day")
    added = door.post(PATH, door.site, {"url": receiver.url()}).get_json()
    answers = [door.post(f"{PATH}/{added['id']}:test", door.site).status_code for _ in range(2)]
    assert answers == [200, 429]


def test_deliveries_tell_every_try(door: Door, endpoint: dict[str, Any], receiver: Receiver) -> None:
    receiver.mode = "410"
    case = door.case_of("told")
    door.tell()
    assert (shown(door, endpoint)["enabled"], shown(door, endpoint)["waiting"]) == (False, 2)
    told = deliveries(door, endpoint)
    assert {delivery["data"]["case_id"] for delivery in told} == {case["id"]}
    assert [[t["status"] for t in delivery["attempts"]] for delivery in told if delivery["attempts"]] == [[410]]


def test_what_waited_is_sent_when_the_endpoint_is_enabled(
    door: Door, endpoint: dict[str, Any], receiver: Receiver
) -> None:
    door.call("PATCH", f"{PATH}/{endpoint['id']}", door.site, {"enabled": False})
    door.case_of("waiting")
    door.tell()
    door.call("PATCH", f"{PATH}/{endpoint['id']}", door.site, {"enabled": True})
    door.tell()
    assert [delivery["state"] for delivery in deliveries(door, endpoint)] == ["sent", "sent"]


def test_one_and_all_are_sent_again(door: Door, endpoint: dict[str, Any], receiver: Receiver) -> None:
    door.case_of("again")
    door.tell()
    newest = deliveries(door, endpoint, "?limit=1")[0]
    assert door.post(f"{PATH}/{endpoint['id']}/deliveries/{newest['id']}:replay", door.site).status_code == 200
    since = {"since": newest["at"]}
    assert door.post(f"{PATH}/{endpoint['id']}:replay", door.site, since).get_json()["replayed"] >= 1
    door.tell()
    assert [post.headers["webhook-id"] for post in receiver.received].count(newest["webhook_id"]) == 2


def test_pages_of_deliveries_go_back_in_time(door: Door, endpoint: dict[str, Any]) -> None:
    door.case_of("paged")
    door.tell()
    first = door.get(f"{PATH}/{endpoint['id']}/deliveries?limit=1", door.site).get_json()
    rest = deliveries(door, endpoint, f"?cursor={first['next_cursor']}")
    assert [delivery["type"] for delivery in first["deliveries"] + rest] == ["case.opened", "flag.received"]


def test_of_another_sites_endpoint_nothing_is_known(door: Door) -> None:
    with door.services.database.transaction() as session:
        other = make_endpoint(session, make_site(session, "herald"))
    for method, path in (("GET", "/deliveries"), ("POST", ":test"), ("DELETE", "")):
        assert_problem(door.call(method, f"{PATH}/{other.id}{path}", door.site), 404)
