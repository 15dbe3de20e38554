"""Notices, as seniors meet them."""

from __future__ import annotations

import itertools

import pytest

from moderation_service import sending
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.service import site_by_slug
from tests.api.door import Door, assert_problem, bearer
from tests.factories import make_notice, make_site
from tests.live import make_token

_numbers = itertools.count()


def dead_notice(door: Door, slug: str = "courier") -> int:
    """A mail that was given up on, since no mail server is set; its id."""
    recipient = f"reader-{next(_numbers)}@courier.example"
    with door.services.database.transaction() as session:
        make_notice(session, site_by_slug(session, slug).id, recipient, recipient=recipient)
    with door.services.database.transaction() as session:
        lease = sending.lease_notice(session, door.settings)
    assert lease is not None
    outcome = sending.deliver(lease, door.settings)
    with door.services.database.transaction() as session:
        sending.settle_notice(session, lease, outcome, door.settings)
    return lease.notice_id


def test_a_dead_notice_is_listed_and_replayed(door: Door) -> None:
    number = dead_notice(door)
    listed = door.get("/v1/notices?limit=100", door.moderator).get_json()["notices"]
    (notice,) = [row for row in listed if row["id"] == number]
    assert (notice["state"], notice["site"], notice["last_error"]) == ("dead", "courier", "SMTP_URL is not set")
    assert door.post(f"/v1/notices/{number}:replay", door.moderator).get_json() == {"replayed": 1}
    pending = door.get("/v1/notices?state=pending&limit=100", door.moderator).get_json()["notices"]
    assert number in [row["id"] for row in pending]
    assert_problem(door.post(f"/v1/notices/{number}:replay", door.moderator), 409)


def test_pages_lead_to_each_other(door: Door) -> None:
    for _ in range(3):
        dead_notice(door)
    first = door.get("/v1/notices?limit=1", door.moderator)
    second = door.get(f"/v1/notices?limit=1&cursor={first.get_json()['next_cursor']}", door.moderator)
    assert first.headers["Link"].endswith('rel="next"')
    assert first.get_json()["notices"][0]["id"] < second.get_json()["notices"][0]["id"]


def test_all_dead_notices_are_replayed(door: Door) -> None:
    dead_notice(door)
    assert door.post("/v1/notices:replay-all", door.moderator).get_json()["replayed"] >= 1
    assert door.get("/v1/notices", door.moderator).get_json()["notices"] == []


def test_notices_are_for_seniors(door: Door) -> None:
    number = dead_notice(door)
    with door.services.database.transaction() as session:
        junior = bearer(make_token(session, "notices-junior", Role.MODERATOR))
        stranger = bearer(make_token(session, "notices-stranger", site=make_site(session, "notices-far-away")))
    assert door.get("/v1/notices", junior).get_json()["notices"] == []
    assert door.post("/v1/notices:replay-all", junior).get_json() == {"replayed": 0}
    assert_problem(door.post(f"/v1/notices/{number}:replay", junior), 403)
    assert_problem(door.post(f"/v1/notices/{number}:replay", stranger), 404)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("state=lost", "#/query/state"),
        ("state=", "#/query/state"),
        ("cursor=x", "#/cursor"),
        ("limit=0", "#/query/limit"),
    ],
)
def test_a_query_that_means_nothing_is_refused(door: Door, query: str, pointer: str) -> None:
    assert_problem(door.get(f"/v1/notices?{query}", door.moderator), 422, pointer)


def test_metrics_tell_how_many_wait_and_how_many_were_given_up(door: Door) -> None:
    dead_notice(door)
    body = door.get("/metrics", door.nobody).text
    for name in ("pending_notices", "oldest_pending_notice_seconds", "dead_notices"):
        assert f"\nmoderation_{name} " in body
