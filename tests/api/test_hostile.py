"""No field of any route can be made to fail: what is refused is refused as a problem that names the field."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation_service.app import create_app
from moderation_service.config import Settings
from moderation_service.notifications.webhooks import endpoints
from moderation_service.sites.service import site_by_slug
from tests.api.door import PROBLEM, Door
from tests.api.hostile import HEADERS, IN_ADDRESSES, IN_HEADERS, ORDINARY, TOKENS, Document, fill, with_holes

NOWHERE = Settings(database_url="postgresql://nowhere", redis_url="redis://nowhere", secret_key="n" * 32)
DOCUMENT = Document(create_app(NOWHERE).test_client().get("/openapi.json").get_json())
WITH_BODY = [name for name, operation in DOCUMENT.operations.items() if operation["body"] is not None]
UNDOCUMENTED = ["GET /healthz", "GET /readyz", "GET /metrics", "GET /openapi.json", "GET /docs", "GET /nothing"]


# The first operation that takes a field of a name tries everything on it, the others something each.
FIRST: dict[str, str] = {}
for _name in WITH_BODY:
    for _pointer, _ in with_holes(DOCUMENT.operations[_name]["body"]):
        FIRST.setdefault(_pointer.rpartition("/")[2], _name)
SHARE = 5
# Headers are read before any route is: every pair of a header and a value is tried on each third operation.
HEADERS_SHARE = 3


def tokens_for(name: str, pointer: str) -> list[bytes]:
    """What a field is tried with."""
    is_first = FIRST[pointer.rpartition("/")[2]] == name
    return TOKENS if is_first else TOKENS[WITH_BODY.index(name) % SHARE :: SHARE]


@pytest.fixture(scope="module", autouse=True)
def known_host() -> Iterator[None]:
    """Lets the host of ordinary addresses be known, and be outside: what is typed in other fields is looked at too."""
    real = socket.getaddrinfo

    def found(host: Any, *rest: Any, **options: Any) -> Any:
        return real("192.88.98.1" if host == "courier.example" else host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        yield


@pytest.fixture(scope="module")
def values(door: Door) -> dict[str, str]:
    """What stands in a path when it is not under attack."""
    case = door.case_of("hostile")
    door.post(f"/v1/cases/{case['id']}/claim", door.moderator)
    door.post("/v1/rules", door.moderator, {"document": ORDINARY["document"], "because": "words"})
    receipt = door.flag("hostile", "reader-2").get_json()["receipt"]
    known = {"external_id": "hostile", "receipt": receipt, "case_id": str(case["id"]), "name": "hostile"}
    (flag, *_) = door.get(f"/v1/cases/{case['id']}/flags", door.moderator).get_json()["flags"]
    with door.services.database.transaction() as session:
        site = site_by_slug(session, "courier")
        options: dict[str, Any] = {"url": "https://courier.invalid/", "description": "", "types": ["case.opened"]}
        endpoint, _ = endpoints.add(session, site.id, **options, actor="test")
    known |= {"endpoint_id": str(endpoint.id), "delivery_id": "1"}
    known |= {"row_id": "1", "slug": "courier", "backtest_id": "1", "number": "1"}
    return known | {"reporter": flag["reporter"]}


def who_may(door: Door, name: str) -> dict[str, str]:
    """The headers of somebody who may call this."""
    ways = {way for needed in DOCUMENT.operations[name]["security"] for way in needed}
    return door.site if "siteKey" in ways else door.moderator if ways else door.nobody


def check(answer: TestResponse, sent: Any, field: str | None = None) -> None:
    """Never a 5xx; a refusal is a problem, and one for what was sent names the field."""
    assert answer.status_code < 500, (sent, answer.text)
    if answer.status_code >= 400:
        assert answer.content_type == PROBLEM, sent
        assert answer.get_json()["status"] == answer.status_code
    if answer.status_code == 422 and field is not None:
        pointers = [error["pointer"] for error in answer.get_json()["errors"]]
        article, _, id = field.rpartition("/")
        if (id, pointers) == ("external_id", [f"{article}/revision"]):
            return  # a good id, and so another article, which has no such revision
        assert any(field.startswith(p) or p.startswith(field) for p in pointers), (field, sent, pointers)
    body = answer.get_json(silent=True) or {}  # nothing at all with 204
    for result in body.get("results", ()) if answer.status_code < 300 else ():
        assert result["status"] < 500, (sent, result)


@pytest.mark.parametrize("name", WITH_BODY)
def test_hostile_bodies(door: Door, values: dict[str, str], name: str) -> None:
    method, _, path = name.partition(" ")
    who, path = who_may(door, name), path.format(**values)
    for pointer, holed in with_holes(DOCUMENT.operations[name]["body"]):
        for token in tokens_for(name, pointer):
            answer = door.call(method, path, who, fill(holed, token))
            check(answer, (pointer, token[:60]), pointer)


@pytest.mark.parametrize("name", WITH_BODY)
def test_hostile_field_names(door: Door, values: dict[str, str], name: str) -> None:
    method, _, path = name.partition(" ")
    who, path = who_may(door, name), path.format(**values)
    for token in TOKENS:
        if token.startswith(b'"'):
            check(door.call(method, path, who, b"{" + token + b": 1}"), token[:60])


@pytest.mark.parametrize("name", WITH_BODY)
def test_body_that_is_no_object(door: Door, values: dict[str, str], name: str) -> None:
    method, _, path = name.partition(" ")
    who, path = who_may(door, name), path.format(**values)
    taken = [b"{}"] if DOCUMENT.operations[name]["needs_body"] else [b"{}", b""]
    for token in TOKENS:
        if token not in taken:
            answer = door.call(method, path, who, token)
            check(answer, token[:60])
            assert 400 <= answer.status_code < 500, token[:60]


@pytest.mark.parametrize("name", DOCUMENT.operations)
def test_hostile_addresses(door: Door, values: dict[str, str], name: str) -> None:
    method, _, template = name.partition(" ")
    who, path = who_may(door, name), template.format(**values)
    names = [p["name"] for p in DOCUMENT.operations[name]["parameters"] if p["in"] == "query"]
    for hostile in IN_ADDRESSES:
        for query in [*(f"{n}={hostile}" for n in names), f"{hostile}={hostile}"]:
            check(door.call(method, f"{path}?{query}", who), query)
        for part in values:
            if "{" + part + "}" in template:
                check(door.call(method, template.format(**(values | {part: hostile})), who), (part, hostile))


@pytest.mark.parametrize("name", [*DOCUMENT.operations, *UNDOCUMENTED])
def test_hostile_headers(door: Door, values: dict[str, str], name: str) -> None:
    method, _, path = name.partition(" ")
    # Without a password in it: each try would cost a hash.
    body = {} if "sessions" in name else DOCUMENT.operations.get(name, {"body": None})["body"]
    who = who_may(door, name) if name in DOCUMENT.operations else door.nobody
    turn = [*DOCUMENT.operations, *UNDOCUMENTED].index(name)
    for header, hostile in islice(product(HEADERS, IN_HEADERS), turn % HEADERS_SHARE, None, HEADERS_SHARE):
        answer = door.call(method, path.format(**values), who, body, **{header: hostile})
        check(answer, (header, hostile))


def test_no_field_was_forgotten() -> None:
    pointers = {pointer for pointer, _ in with_holes(DOCUMENT.operations["POST /v1/flags"]["body"])}
    assert {"#/article/title", "#/target/selector/prefix", "#/email", "#/reporter/first_seen_at"} <= pointers
    parameters = DOCUMENT.operations["GET /v1/cases"]["parameters"]
    assert {"cursor", "limit", "site", "reason", "held"} <= {p["name"] for p in parameters}
