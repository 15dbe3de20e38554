"""What was given up on, looked at and tried again in the console."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from moderation_service.enforcement.models import Order
from moderation_service.leases import Leased
from moderation_service.notifications.models import Notice
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.console.cases import other_site, words_of
from tests.console.conftest import Sit
from tests.factories import make_case, make_decision, make_moderator, make_notice

PAGE = "/console/admin/dead-letters"


def give_up(row: Leased, error: str) -> int:
    row.state, row.last_error = "dead", error
    return row.id


def dead_order(door: Door, name: str, error: str, site_id: int | None = None) -> int:
    """A decision that its content store would not take."""
    with door.services.database.transaction() as session:
        site = session.get_one(Site, site_id or door.newsroom.site_id)
        case = make_case(session, site, name)
        make_decision(session, case, make_moderator(session, f"decides-{name}"))
        order = session.scalars(select(Order).where(Order.article_id == case.article_id)).one()
        return give_up(order, error)


def dead_notice(door: Door, key: str, error: str) -> int:
    """A mail that nobody would take."""
    with door.services.database.transaction() as session:
        make_notice(session, door.newsroom.site_id, key)
        return give_up(session.scalars(select(Notice).where(Notice.key == key)).one(), error)


def state_of(door: Door, table: type[Leased], row_id: int) -> str:
    with door.services.database.transaction() as session:
        return session.get_one(table, row_id).state


def test_a_decision_given_up_on_is_tried_again(door: Door, sit: Sit) -> None:
    number, senior = dead_order(door, "bell", "<b>401</b> no such token"), sit(Role.SENIOR)
    page = senior.get(PAGE).text
    assert "&lt;b&gt;401&lt;/b&gt; no such token" in page
    assert senior.post(f"{PAGE}/orders/{number}:replay").status_code == 303
    assert state_of(door, Order, number) == "pending"


def test_a_notice_given_up_on_is_tried_again(door: Door, sit: Sit) -> None:
    number, senior = dead_notice(door, "mail-1", "550 mailbox unavailable"), sit(Role.SENIOR)
    assert "550 mailbox unavailable" in words_of(senior.get(f"{PAGE}?kind=notices"))
    senior.post(f"{PAGE}/notices/{number}:replay")
    assert state_of(door, Notice, number) == "pending"


def test_what_is_tried_again_already_is_said_and_no_error(door: Door, sit: Sit) -> None:
    number, senior = dead_order(door, "quay", "gone"), sit(Role.SENIOR)
    for said in ("It is tried again", "before you"):
        senior.post(f"{PAGE}/orders/{number}:replay")
        assert said in words_of(senior.get(PAGE))


def test_all_whose_error_says_so_are_tried_again_and_no_others(door: Door, sit: Sit) -> None:
    timed_out, refused = dead_order(door, "tide", "timed out 100%"), dead_order(door, "reed", "refused")
    sit(Role.SENIOR).post(f"{PAGE}/orders:replay-all?saying=100%25")
    assert (state_of(door, Order, timed_out), state_of(door, Order, refused)) == ("pending", "dead")


def test_a_senior_sees_and_retries_only_what_is_on_his_site(door: Door, sit: Sit) -> None:
    number = dead_order(door, "ferry", "not yours to see")
    senior = sit(Role.SENIOR, other_site(door, "herald"))
    assert "not yours to see" not in senior.get(PAGE).text
    assert [senior.get(f"{PAGE}?site=courier").status_code] == [404]
    senior.post(f"{PAGE}/orders:replay-all")
    assert state_of(door, Order, number) == "dead"


def test_the_overview_says_how_many_there_are(door: Door, sit: Sit) -> None:
    harbour = other_site(door, "harbour")
    dead_order(door, "crane", "no", site_id=harbour.id)
    assert "1 decision could not be applied" in words_of(sit(Role.SENIOR, harbour).get("/console/admin"))


@pytest.mark.parametrize("query", ["cursor=AAAA", "site=nowhere", "saying=%00", "saying=" + "x" * 300])
def test_an_address_that_is_none_of_ours_is_no_failure(sit: Sit, query: str) -> None:
    assert sit(Role.SENIOR).get(f"{PAGE}?{query}").status_code in (400, 404, 422)


def test_pages_follow_one_another(door: Door, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = other_site(door, "lane")
    for name in ("one", "two", "three"):
        dead_order(door, name, f"error {name}", site_id=lane.id)
    monkeypatch.setattr("moderation_service.console.admin.dead_letters.ROWS", 2)
    senior = sit(Role.SENIOR, lane)
    first = senior.get(PAGE).text
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after is not None
    second = senior.get(after[1].replace("&amp;", "&")).text
    assert ["error three" in page for page in (first, second)] == [False, True]
