"""Policies on the pages of the administration: read, compared, and written."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from moderation_service.policy import service as policy
from moderation_service.policy.models import PolicyClause, PolicyVersion
from moderation_service.policy.vocabulary import Role
from tests.api.door import Door
from tests.console.cases import other_site, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk

POLICIES = "/console/admin/policies"
COURIER = "/console/admin/policies/sites/courier:write"


@pytest.fixture
def admin(sit: Sit) -> Desk:
    """An admin of all sites."""
    return sit(Role.ADMIN)


def in_force(door: Door) -> tuple[PolicyVersion, list[PolicyClause]]:
    with door.services.database.transaction() as session:
        version = policy.in_force(session, door.newsroom.site_id)
        return version, list(policy.clauses(session, version))


def clause(key: int, **changes: str) -> dict[str, str]:
    """The fields of one clause."""
    fields = {
        "code": f"{key}.1",
        "title": f"Title {key}",
        "text": f"Text {key}.",
        "terms": "on",
        "dsa_category": "VIOLENCE",
    }
    return {f"{name}-{key}": value for name, value in (fields | changes).items()}


def form(door: Door, *clauses: dict[str, str], **changes: Any) -> dict[str, Any]:
    """A form with these clauses, one unless told otherwise, begun from what is in force."""
    said = clauses or (clause(0),)
    rows = [next(iter(fields)).rpartition("-")[2] for fields in said]
    plain: dict[str, Any] = {"began_from": in_force(door)[0].id, "row": rows, "second_over": "", "qa_percent": "2"}
    for fields in said:
        plain |= fields
    return plain | {"do": "write"} | changes


def test_a_version_is_put_in_force(door: Door, admin: Desk) -> None:
    sent = form(door, clause(7), clause(3, law="on"), second_for_editorial="on", second_over="5", qa_percent="2,5")
    answer = admin.post(COURIER, sent)
    version, clauses = in_force(door)
    assert answer.location == f"{POLICIES}/{version.id}"
    assert [(c.code, c.grounds) for c in clauses] == [("7.1", ["terms"]), ("3.1", ["terms", "law"])]
    assert (version.second_for_editorial, version.second_over, version.qa_percent) == (True, 5, 2.5)


def test_who_wrote_a_version_and_when_stands_beside_it(door: Door, admin: Desk) -> None:
    admin.post(COURIER, form(door))
    said = words_of(admin.get(POLICIES))
    assert re.search(r"Version \d+ in force [^·]+ · Person-", said)
    assert "came with the service" in said


def test_a_clause_that_is_too_long_comes_back_whole(door: Door, admin: Desk) -> None:
    answer = admin.post(COURIER, form(door, clause(0, text="x" * 6000 + " and the last words")))
    assert answer.status_code == 422
    assert "x and the last words</textarea>" in answer.text


def test_everything_wrong_is_said_at_once_and_nothing_typed_is_lost(door: Door, admin: Desk) -> None:
    before = in_force(door)[0].id
    wrong = [clause(0, code="a/b", title="Kept <b>title</b>"), clause(1, text=""), clause(2, dsa_category="NONE")]
    answer = admin.post(COURIER, form(door, *wrong, qa_percent="many"))
    assert (answer.status_code, in_force(door)[0].id) == (422, before)
    marked = set(re.findall(r'name="([a-z_]+(?:-\d)?)"[^>]*aria-invalid="true"', answer.text))
    assert marked == {"code-0", "text-1", "dsa_category-2", "qa_percent"}
    assert "4 fields are not right yet" in words_of(answer)
    assert all(html.escape(kept) in answer.text for kept in ("a/b", "Kept <b>title</b>", "many"))


@pytest.mark.parametrize(
    ("deed", "rows"),
    [
        ("keep", ["0", "1", "2"]),
        ("add", ["0", "1", "2", "3"]),
        ("remove-1", ["0", "2"]),
        ("up-2", ["0", "2", "1"]),
        ("down-0", ["1", "0", "2"]),
        ("up-0", ["0", "1", "2"]),
        ("remove-9", ["0", "1", "2"]),
        ("dance-1", ["0", "1", "2"]),
    ],
)
def test_clauses_are_added_removed_and_moved_without_a_script(
    door: Door, admin: Desk, deed: str, rows: list[str]
) -> None:
    answer = admin.post(COURIER, form(door, *(clause(key) for key in range(3)), do=deed))
    assert answer.status_code == 200
    assert re.findall(r'name="row" value="(\d+)"', answer.text) == rows
    assert ("Title 1" in answer.text) == ("1" in rows)


def test_what_would_change_is_shown_before_it_is(door: Door, admin: Desk) -> None:
    admin.post(COURIER, form(door, clause(0, text="No lies here.")))
    before = in_force(door)[0].id
    sent = form(door, clause(0, text="No lies anywhere."), clause(1), second_over="9", do="look")
    answer = admin.post(COURIER, sent)
    assert in_force(door)[0].id == before
    assert "<del>here.</del><ins>anywhere.</ins>" in answer.text
    assert {"1.1 added", "0.1 changed"} <= set(re.findall(r"\d\.1 (?:added|changed|removed)", words_of(answer)))


def test_two_versions_are_compared(door: Door, admin: Desk) -> None:
    for words in ("No lies here.", "No lies anywhere."):
        admin.post(COURIER, form(door, clause(0, text=words)))
    page = admin.get(f"{POLICIES}/{in_force(door)[0].id}").text
    assert "<del>here.</del><ins>anywhere.</ins>" in page


def test_who_was_overtaken_loses_nothing_and_sees_what_came_between(door: Door, admin: Desk, sit: Sit) -> None:
    mine = form(door, clause(0, title="Mine"))
    sit(Role.ADMIN).post(COURIER, form(door, clause(0, title="Theirs")))
    answer = admin.post(COURIER, mine)
    assert (answer.status_code, in_force(door)[1][0].title) == (409, "Theirs")
    assert "<del>Theirs</del><ins>Mine</ins>" in answer.text
    assert 'value="Mine"' in answer.text
    again = re.search(r'name="began_from" value="(\d+)"', answer.text)
    assert again is not None
    admin.post(COURIER, mine | {"began_from": again[1]})
    assert in_force(door)[1][0].title == "Mine"


def test_an_admin_of_one_site_reads_the_house_policy_and_does_not_write_it(door: Door, sit: Sit) -> None:
    own = sit(Role.ADMIN, other_site(door, "herald"))
    assert "House policy" in words_of(own.get(POLICIES))
    assert own.get(f"{POLICIES}/1").status_code == 200
    assert own.post(f"{POLICIES}/house:write", form(door)).status_code == 403


def test_the_policy_of_another_site_is_not_there(door: Door, admin: Desk, sit: Sit) -> None:
    admin.post(COURIER, form(door))
    own = sit(Role.ADMIN, other_site(door, "gazette"))
    assert own.get(f"{POLICIES}/{in_force(door)[0].id}").status_code == 404
    assert own.get(COURIER).status_code == 404


def test_a_form_that_does_not_say_what_it_began_from_began_from_no_version(door: Door, admin: Desk) -> None:
    page = admin.post(COURIER, form(door) | {"began_from": "nobody", "do": "keep"}).text
    assert re.findall(r'name="began_from" value="(\d+)"', page) == ["0"]


@pytest.mark.parametrize(
    "sent",
    [
        {"row": ["x", "-1", "9" * 20]},
        {"row": [str(number) for number in range(500)]},
        {"began_from": "nobody"},
        {"text-0": "x\0", "title-0": "\x1b[2J"},
        {"second_over": "9" * 400, "qa_percent": "1e999"},
    ],
)
def test_a_form_that_is_none_of_ours_is_no_failure(door: Door, admin: Desk, sent: dict[str, Any]) -> None:
    assert admin.post(COURIER, form(door) | sent).status_code in (303, 409, 422)
