"""Saved views: kept from what the address shows, one's own or a site's, and what the queue opens with."""

from __future__ import annotations

import base64
import re

import pytest

from moderation_service.cases.views import VIEWS_MOST
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.console.cases import open_case, other_site, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk

QUEUE = "/console/queue"


def _save(desk: Desk, name: str, query: str = "reason=spam", **form: str) -> str:
    """Save what this address shows; the number of the view."""
    answer = desk.post(f"{QUEUE}/views?{query}", {"name": name} | form)
    assert answer.status_code == 303, words_of(answer)
    shown = desk.get(answer.location).text
    found = re.search(r"/queue/views/(\d+)/rename", shown)
    assert found is not None
    return found[1]


def _tabs(desk: Desk, query: str = "state=open") -> str:
    shown = desk.get(f"{QUEUE}?{query}").text
    return " ".join(re.sub(r"<[^>]*>", " ", shown.partition('class="tabs"')[2].partition("</ul>")[0]).split())


def _home(door: Door) -> Site:
    with door.services.database.transaction() as session:
        return session.get_one(Site, door.newsroom.site_id)


def test_a_view_keeps_the_filters_of_its_address(door: Door, desk: Desk) -> None:
    open_case(door, "kept-spam", headline="One that sells", reason="spam")
    open_case(door, "kept-hate", headline="One that hates", reason="hate")
    answer = desk.post(f"{QUEUE}/views?reason=spam&held=free&cursor=", {"name": "Free spam"})
    assert answer.location == f"{QUEUE}?held=free&reason=spam"
    shown = desk.get(answer.location)
    assert "One that sells" in shown.text
    assert "One that hates" not in shown.text
    assert "Free spam" in _tabs(desk)


def test_a_view_is_seen_by_nobody_else(desk: Desk, sit: Sit) -> None:
    _save(desk, "My own")
    assert "My own" not in _tabs(sit(Role.ADMIN))


def test_a_senior_shares_a_view_with_the_sites_team(door: Door, sit: Sit) -> None:
    home, away = _home(door), other_site(door, "views-away")
    _save(sit(Role.SENIOR, home), "Ours to share", site=home.slug)
    assert "Ours to share shared" in _tabs(sit(Role.MODERATOR, home))
    assert "Ours to share" not in _tabs(sit(Role.MODERATOR, away))


def test_only_seniors_of_a_site_share_with_it(door: Door, sit: Sit) -> None:
    home, away = _home(door), other_site(door, "views-closed")
    form = {"name": "Pushed", "site": home.slug}
    assert sit(Role.MODERATOR, home).post(f"{QUEUE}/views?reason=spam", form).status_code == 403
    assert sit(Role.ADMIN, away).post(f"{QUEUE}/views?reason=spam", form).status_code == 404


def test_a_site_that_is_no_text_is_refused_with_all_that_was_typed(desk: Desk) -> None:
    answer = desk.post(f"{QUEUE}/views?reason=spam", {"name": "Kept", "site": "\0"})
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.text


def test_an_address_with_a_number_beyond_all_bounds_is_refused(desk: Desk) -> None:
    beyond = f'[0, {10**310}, "2026-01-01T00:00:00+00:00", 1]'
    cursor = base64.urlsafe_b64encode(beyond.encode()).decode().rstrip("=")
    assert desk.get(f"{QUEUE}?cursor={cursor}").status_code == 422


@pytest.mark.parametrize("step", ["rename", "delete"])
def test_a_shared_view_is_changed_by_seniors_only(door: Door, sit: Sit, step: str) -> None:
    home = _home(door)
    view = _save(sit(Role.SENIOR, home), f"Shared to {step}", site=home.slug)
    form = {"name": f"Taken over to {step}"}
    assert sit(Role.MODERATOR, home).post(f"{QUEUE}/views/{view}/{step}", form).status_code == 403
    assert sit(Role.SENIOR, home).post(f"{QUEUE}/views/{view}/{step}", form).status_code == 303


@pytest.mark.parametrize("step", ["rename", "delete", "first"])
def test_a_colleagues_own_view_is_as_if_it_were_not_there(desk: Desk, sit: Sit, step: str) -> None:
    view = _save(desk, "Not yours")
    assert sit(Role.ADMIN).post(f"{QUEUE}/views/{view}/{step}", {"name": "Mine"}).status_code == 404


def test_a_view_is_renamed_and_deleted(desk: Desk) -> None:
    view = _save(desk, "Before")
    desk.post(f"{QUEUE}/views/{view}/rename", {"name": "After"})
    assert "After" in _tabs(desk)
    desk.post(f"{QUEUE}/views/{view}/delete")
    assert "After" not in _tabs(desk)


def test_a_name_is_taken_once(desk: Desk) -> None:
    _save(desk, "Twice")
    answer = desk.post(f"{QUEUE}/views?reason=hate", {"name": "Twice"})
    assert answer.status_code == 409
    assert "There is a view of this name already" in words_of(answer)
    assert 'value="Twice"' in answer.text


@pytest.mark.parametrize(
    ("query", "name"), [("reason=spam", ""), ("reason=spam", " "), ("reason=spam", "x" * 41), ("state=open", "All")]
)
def test_a_view_without_name_or_filter_is_not_kept(desk: Desk, query: str, name: str) -> None:
    answer = desk.post(f"{QUEUE}/views?{query}", {"name": name})
    assert answer.status_code == 422
    assert "<h1>" in answer.text


def test_there_are_only_so_many(desk: Desk) -> None:
    for number in range(VIEWS_MOST):
        desk.post(f"{QUEUE}/views?search={number}", {"name": f"View {number}"})
    answer = desk.post(f"{QUEUE}/views?search=more", {"name": "One more"})
    assert (answer.status_code, "too many views" in words_of(answer)) == (409, True)


def test_the_queue_opens_with_the_view_that_was_chosen(desk: Desk) -> None:
    view = _save(desk, "First of all")
    desk.post(f"{QUEUE}/views/{view}/first")
    assert desk.get(QUEUE).location == f"{QUEUE}?reason=spam"
    assert desk.get(f"{QUEUE}?state=open").status_code == 200
    desk.post(f"{QUEUE}/views/none-first")
    assert desk.get(QUEUE).status_code == 200


def test_deleting_the_first_view_opens_the_queue_with_all(desk: Desk) -> None:
    view = _save(desk, "First and gone")
    desk.post(f"{QUEUE}/views/{view}/first")
    desk.post(f"{QUEUE}/views/{view}/delete")
    assert desk.get(QUEUE).status_code == 200


def test_a_count_stands_beside_a_view_where_it_is_cheap(door: Door, desk: Desk) -> None:
    _save(desk, "Held by me", "held=mine")
    _save(desk, "All the spam", "reason=spam")
    assert "Held by me 0" in _tabs(desk)
    desk.post(f"/console/cases/{open_case(door, 'counted')}/claim")
    assert "Held by me 1" in _tabs(desk)
    assert not re.search(r"All the spam \d", _tabs(desk))
