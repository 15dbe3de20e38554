"""Readers as moderators meet them: looked at, muted and heard again, trusted or not; by seniors of their site."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from moderation_service import ordering
from moderation_service.policy.vocabulary import Role
from moderation_service.triage import records
from moderation_service.triage.models import Reporter
from moderation_service.triage.rules.entries import Mode
from tests.api.door import Door, assert_problem
from tests.api.test_rules import somebody
from tests.factories import make_site
from tests.triage.rules.books import make_entry

NOTE = {"note": "She asked for it."}
_numbers = itertools.count()


@pytest.fixture
def reader(door: Door) -> str:
    """A reader of the test's own with a voice in an open case; the path of what is known of him."""
    number = next(_numbers)
    case = door.case_of(f"reporters-{number}", f"reader-of-{number}")
    (flag,) = door.get(f"/v1/cases/{case['id']}/flags", door.moderator).get_json()["flags"]
    return f"/v1/reporters/{flag['reporter']}"


def give(door: Door, reader: str, **standing: Any) -> None:
    """Give a reader a standing by no person's word."""
    with door.services.database.transaction() as session:
        row = session.get_one(Reporter, bytes.fromhex(reader.rpartition("/")[2]))
        for field, value in standing.items():
            setattr(row, field, value)


def listed(door: Door, query: str, who: dict[str, str] | None = None) -> list[str]:
    """The paths of the readers that a query finds."""
    rows = door.get(f"/v1/reporters?limit=100&{query}", who or door.moderator).get_json()["reporters"]
    return [f"/v1/reporters/{row['reporter']}" for row in rows]


def test_a_reader_is_shown_with_his_record_and_his_voices(door: Door, reader: str) -> None:
    found = door.get(reader, door.moderator).get_json()
    assert reader.endswith(found["reporter"])
    assert (found["site"], found["upheld"], found["rejected"], found["pending"]) == ("courier", 0, 0, 1)
    assert (found["muted"], found["muted_by"], found["trusted"], found["note"]) == (None, None, False, None)
    (voice,) = found["voices"]
    assert (voice["standing"], voice["weight"] > 0) == ("pending", True)


def test_judged_voices_are_shown_beside_waiting_ones_newest_first(door: Door) -> None:
    decided = door.decided("judged")["id"]
    (flag,) = door.get(f"/v1/cases/{decided}/flags", door.moderator).get_json()["flags"]
    waits = door.case_of("waiting")["id"]
    ordering.settle_each(door.services.database.transaction, most=1000)
    voices = door.get(f"/v1/reporters/{flag['reporter']}", door.moderator).get_json()["voices"]
    found = [(voice["case_id"], voice["standing"]) for voice in voices if voice["case_id"] in (decided, waits)]
    assert found == [(waits, "pending"), (decided, "upheld")]


def test_a_muted_reader_is_listed_with_the_rule_that_asked(door: Door, reader: str) -> None:
    with door.services.database.transaction() as session:
        version_id = make_entry(session, "mutes", mode=Mode.SHADOW).version.id
    give(door, reader, muted="asked", muted_by_version=version_id)
    assert door.get(reader, door.moderator).get_json()["muted_by"] == {"rule": "mutes", "version": 2}
    assert reader in listed(door, "muted=asked&site=courier")
    assert reader in listed(door, "muted=any")
    assert reader not in listed(door, "muted=confirmed")


def test_a_mute_is_confirmed_and_lifted(door: Door, reader: str) -> None:
    give(door, reader, muted="asked")
    confirmed = door.post(f"{reader}:mute", door.moderator, NOTE).get_json()
    assert (confirmed["muted"], confirmed["voices"][0]["weight"]) == ("confirmed", 0.0)
    assert (confirmed["note"]["note"], confirmed["note"]["by"]) == (NOTE["note"], "M1")
    lifted = door.post(f"{reader}:unmute", door.moderator, {"note": "He is right."}).get_json()
    assert (lifted["muted"], lifted["muted_at"], lifted["note"]["note"]) == (None, None, "He is right.")
    assert lifted["voices"][0]["weight"] > 0


def test_doing_it_again_changes_nothing(door: Door, reader: str) -> None:
    first = door.post(f"{reader}:mute", door.moderator, NOTE).get_json()
    again = door.post(f"{reader}:mute", door.moderators[1], {"note": "Me too."})
    assert (again.status_code, again.get_json()) == (200, first)


def test_a_reader_is_trusted_and_no_longer(door: Door, reader: str) -> None:
    before = door.get(reader, door.moderator).get_json()["voices"][0]["weight"]
    trusted = door.post(f"{reader}:trust", door.moderator, NOTE).get_json()
    assert trusted["trusted"]
    assert trusted["voices"][0]["weight"] > before
    assert reader in listed(door, "trusted=true")
    distrusted = door.post(f"{reader}:distrust", door.moderator, NOTE).get_json()
    assert (distrusted["trusted"], distrusted["voices"][0]["weight"]) == (False, pytest.approx(before))
    assert reader not in listed(door, "trusted=true")


def test_nobody_is_trusted_and_muted(door: Door, reader: str) -> None:
    door.post(f"{reader}:trust", door.moderator, NOTE)
    assert_problem(door.post(f"{reader}:mute", door.moderator, NOTE), 409)


def test_pages_lead_to_each_other(door: Door) -> None:
    door.case_of("reporters-pages", "page-1", "page-2", "page-3")
    whole, path = [], "/v1/reporters?limit=1"
    while path:
        page = door.get(path, door.moderator).get_json()
        whole += [row["reporter"] for row in page["reporters"]]
        path = page["next_cursor"] and f"/v1/reporters?limit=1&cursor={page['next_cursor']}"
    assert whole == sorted(set(whole))
    assert len(whole) >= 3


@pytest.mark.parametrize("verb", ["mute", "unmute", "trust", "distrust"])
def test_moderators_look_and_seniors_change(door: Door, reader: str, verb: str) -> None:
    junior, senior = somebody(door, Role.MODERATOR), somebody(door, Role.SENIOR)
    assert door.get(reader, junior).status_code == 200
    assert_problem(door.post(f"{reader}:{verb}", junior, NOTE), 403)
    assert door.post(f"{reader}:{verb}", senior, NOTE).status_code == 200


@pytest.mark.parametrize("verb", ["mute", "unmute", "trust", "distrust"])
def test_another_sites_reader_is_not_there(door: Door, reader: str, verb: str) -> None:
    slug = f"elsewhere-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_site(session, slug)
    stranger = somebody(door, Role.ADMIN, slug)
    assert_problem(door.get(reader, stranger), 404)
    assert_problem(door.post(f"{reader}:{verb}", stranger, NOTE), 404)
    assert listed(door, "", stranger) == []
    assert_problem(door.get("/v1/reporters?site=courier", stranger), 404)


def test_a_reader_of_another_site_and_none_are_refused_in_the_same_words(door: Door, reader: str) -> None:
    slug = f"elsewhere-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_site(session, slug)
    stranger = somebody(door, Role.ADMIN, slug)
    refused = [door.get(path, stranger).get_json() for path in (reader, f"/v1/reporters/{'0' * 32}")]
    assert refused[0]["detail"] == refused[1]["detail"]


@pytest.mark.parametrize("name", ["A" * 32, "0" * 31, "0" * 33, "reader-1"])
def test_what_is_no_hash_names_no_reader(door: Door, name: str) -> None:
    assert_problem(door.get(f"/v1/reporters/{name}", door.moderator), 404)


def test_nobody_has_heard_of_this_reader(door: Door) -> None:
    path = f"/v1/reporters/{'0' * 32}"
    assert_problem(door.get(path, door.moderator), 404)
    assert_problem(door.post(f"{path}:trust", door.moderator, NOTE), 404)


@pytest.mark.parametrize(("body", "pointer"), [({}, "#/note"), ({"note": ""}, "#/note"), ({"note": 1}, "#/note")])
def test_a_change_says_why(door: Door, reader: str, body: dict[str, Any], pointer: str) -> None:
    assert_problem(door.post(f"{reader}:mute", door.moderator, body), 422, pointer)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("muted=perhaps", "#/query/muted"), ("trusted=perhaps", "#/query/trusted"), ("cursor=W10", "#/cursor")],
)
def test_a_query_that_means_nothing_is_refused(door: Door, query: str, pointer: str) -> None:
    assert_problem(door.get(f"/v1/reporters?{query}", door.moderator), 422, pointer)


def test_a_cases_flags_say_what_was_known_of_who_sent_them(door: Door) -> None:
    door.case_of("reporters-known", "known-reader")
    with door.services.database.transaction() as session:
        number = bytes.fromhex(_hash_in(door, "reporters-known"))
        records.find(session, number).upheld = 4
    case = door.case_of("reporters-then", "known-reader")
    (flag,) = door.get(f"/v1/cases/{case['id']}/flags", door.moderator).get_json()["flags"]
    assert flag["record"] == {"upheld": 4, "rejected": 0}


def _hash_in(door: Door, external_id: str) -> str:
    cases = door.get("/v1/cases?limit=100", door.moderator).get_json()["cases"]
    (case,) = [case for case in cases if case["article"]["external_id"] == external_id]
    (flag,) = door.get(f"/v1/cases/{case['id']}/flags", door.moderator).get_json()["flags"]
    number: str = flag["reporter"]
    return number
