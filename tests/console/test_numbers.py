"""The numbers page: whose numbers, of which period, and that the file says what the table says."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from moderation_service.cases.models import Case
from moderation_service.console.numbers import views
from moderation_service.console.numbers.figures import FIGURES
from moderation_service.policy.vocabulary import Role
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.console.cases import open_case, other_site, verdict, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, seat
from tests.factories import make_moderator
from tests.history import History

MARCH = "from=2026-03-28T00:00&until=2026-03-31T00:00"
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def _site(door: Door, name: str) -> str:
    """A new site with two flags, one of them before dawn, and a decision by Ada; its slug."""
    with door.services.database.transaction() as session:
        site = session.merge(other_site(door, name))
        past = History(session, site)
        case = past.case("=SUM(A1)", NOON, NOON - timedelta(hours=11, minutes=30))
        past.decision(case, make_moderator(session, f"ada-{name}"), NOON + timedelta(hours=1))
        return site.slug


def _file(desk: Desk, figure: str, query: str) -> list[dict[str, str]]:
    answer = desk.get(f"/console/numbers/{figure}.csv?{query}")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8"), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def _cells(page: str, table: str) -> list[list[str]]:
    """The words of a table's rows, without the cells of bars."""
    found = re.search(rf'id="{table}-table".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert found is not None, page
    rows = [re.findall(r"<t[hd](?![^>]*bar)[^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found[1].split("</tr>")]
    return [[html.unescape(re.sub("<[^>]*>", "", cell)).strip() for cell in row] for row in rows if row]


def test_every_figure_has_its_card_and_its_file(door: Door, desk: Desk) -> None:
    query = f"{MARCH}&site={_site(door, 'cards')}"
    page = desk.get(f"/console/numbers?{query}").text
    for figure in FIGURES:
        assert f'id="{figure.name}-title"' in page
        answer = desk.get(f"/console/numbers/{figure.name}.csv?{query}")
        assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
        assert f'filename="{figure.name}_2026-03-28_2026-03-31.csv"' in answer.headers["Content-Disposition"]
        assert next(csv.reader(io.StringIO(answer.text))) == [column.name for column in figure.columns]


def test_the_file_says_what_the_table_says(door: Door, desk: Desk) -> None:
    query = f"{MARCH}&site={_site(door, 'equal')}"
    page = desk.get(f"/console/numbers?{query}").text
    told = [[row["flags"], row["decisions"]] for row in _file(desk, "flow", query)]
    assert [row[1:] for row in _cells(page, "flow")] == told
    assert (sum(int(flags) for flags, _ in told), len(told)) == (2, 3 * 24)


def test_hours_are_those_of_the_persons_zone(door: Door, desk: Desk) -> None:
    desk.client.set_cookie("moderation-zone", "Europe/Berlin")
    rows = _file(desk, "flow", f"{MARCH}&site={_site(door, 'zone')}")
    assert rows[0]["at"] == "2026-03-27T23:00:00+00:00"
    assert [row["at"] for row in rows if row["flags"] != "0"] == [
        "2026-03-29T00:00:00+00:00",
        "2026-03-29T12:00:00+00:00",
    ]


def test_a_headline_in_the_file_is_no_formula(door: Door, desk: Desk) -> None:
    with door.services.database.transaction() as session:
        site = session.merge(other_site(door, "formula"))
        History(session, site).case("x", NOON)
        session.execute(text("UPDATE articles SET title = '=SUM(A1)' WHERE site_id = :site"), {"site": site.id})
    assert _file(desk, "articles", f"{MARCH}&site=formula")[0]["article"] == "'=SUM(A1)"


def test_a_headline_on_the_page_is_text(door: Door, desk: Desk) -> None:
    open_case(door, "hostile", headline="<script>alert(1)</script>")
    page = desk.get("/console/numbers").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_numbers_of_other_sites_are_not_told(door: Door) -> None:
    _site(door, "theirs")
    own = seat(door, "own-only", Role.ADMIN, other_site(door, "ours"))
    assert sum(int(row["flags"]) for row in _file(own, "flow", MARCH)) == 0
    assert _file(own, "articles", MARCH) == []


@pytest.mark.parametrize("path", ["numbers", "numbers/flow.csv", "quality", "quality.csv"])
def test_a_site_of_others_is_answered_for_as_one_that_there_is_not(make_door: MakeDoor, path: str) -> None:
    door = make_door()
    own = seat(door, "own-only", Role.ADMIN, other_site(door, "ours"))
    theirs, nowhere = (
        own.get(f"/console/{path}?site={slug}", **{"X-Request-Id": "asked"}) for slug in ("courier", "nowhere")
    )
    assert theirs.status_code == nowhere.status_code == 404
    assert words_of(theirs).replace("courier", "nowhere") == words_of(nowhere)


def test_who_works_on_no_site_sees_no_numbers(door: Door) -> None:
    open_case(door, "somewhere")
    idle = seat(door, "idle", None)
    assert _file(idle, "articles", "") == []
    assert "Nothing in this time." in words_of(idle.get("/console/numbers"))


@pytest.mark.parametrize(("role", "names"), [(Role.MODERATOR, ["", ""]), (Role.SENIOR, ["Ada-Names", ""])])
def test_only_seniors_see_what_single_colleagues_did(door: Door, sit: Sit, role: Role, names: list[str]) -> None:
    slug = "names" if role is Role.SENIOR else "no-names"
    rows = _file(sit(role), "workload", f"{MARCH}&site={_site(door, slug)}")
    assert [row["moderator"] for row in rows] == names


def test_who_proposed_and_who_approved_are_both_counted(make_door: MakeDoor) -> None:
    door = make_door()
    case_id, proposer, approver = open_case(door, "two"), seat(door, "ada"), seat(door, "bob")
    with door.services.database.transaction() as session:
        session.get_one(Case, case_id).needs_second = True
    for desk in (proposer, approver):
        desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown"))
    rows = [(row["who"], row["decisions"], row["proposals"]) for row in _file(approver, "workload", "range=24h")]
    assert rows == [("moderator", "1", "0"), ("colleagues", "0", "1"), ("team", "1", "1")]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("from=yesterday", "from", "This is no date and time"),
        ("from=0001-01-01T00:00", "from", "This is no date and time"),
        ("until=2026-03-01T00:00", "from", "Say when it begins."),
        ("from=2199-01-01T00:00", "from", "This is yet to come."),
        ("from=2026-03-02T00:00&until=2026-03-01T00:00", "until", "This has to be later than the start."),
        ("from=2020-03-02T00:00&until=2026-03-01T00:00", "until", "more than two years"),
    ],
)
def test_a_wrong_range_is_named_at_its_field_and_stays(desk: Desk, query: str, field: str, words: str) -> None:
    answer = desk.get(f"/console/numbers?{query}")
    hint = re.search(rf'id="{field}-hint" class="error">([^<]*)', answer.text)
    assert answer.status_code == 422
    assert hint is not None
    assert words in hint[1]
    assert f'value="{query.split("&", maxsplit=1)[0].partition("=")[2]}"' in answer.text
    assert desk.get(f"/console/numbers/flow.csv?{query}").status_code == 422


@pytest.mark.parametrize(
    "query", ["", "range=24h", "range=28d", "range=%27;--", "from=2026-03-01", "from=2026-03-01T00:00:00Z"]
)
def test_a_range_may_be_left_to_the_page(desk: Desk, query: str) -> None:
    answer = desk.get(f"/console/numbers?{query}")
    assert (answer.status_code, 'aria-current="true"' in answer.text) == (200, "from" not in query)


def test_what_takes_too_long_is_said_kindly(door: Door, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PATIENCE", timedelta(milliseconds=100))
    with door.services.database.transaction() as session:
        session.execute(text("LOCK TABLE flags IN ACCESS EXCLUSIVE MODE"))
        page = desk.get("/console/numbers")
        assert desk.get("/console/numbers/flow.csv").status_code == 503
    assert page.status_code == 200
    assert "This takes too long to count." in words_of(page)


def test_a_figure_that_is_none_is_no_page(desk: Desk) -> None:
    assert desk.get("/console/numbers/moon.csv").status_code == 404


def test_a_site_without_a_past_says_so(door: Door, desk: Desk) -> None:
    other_site(door, "new")
    assert "Nothing in this time." in words_of(desk.get("/console/numbers?site=new"))


def test_the_page_speaks_german(desk: Desk) -> None:
    page = desk.get("/console/numbers", **{"Accept-Language": "de"})
    assert "Meldungen und Entscheidungen" in words_of(page)
