"""Rules as moderators meet them: written, enabled, agreed to, looked at; and the kill switch."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from moderation_service.policy.vocabulary import Role
from moderation_service.sites.service import site_by_slug
from tests.api.conftest import MakeDoor
from tests.api.door import Door, assert_problem, bearer
from tests.factories import make_site
from tests.live import make_token
from tests.triage.rules.books import make_document

_numbers = itertools.count()


def add(door: Door, who: dict[str, str] | None = None, **changes: Any) -> str:
    """Write a rule of the test's own down; its path."""
    document = make_document(f"rule-{next(_numbers)}", **changes)
    answer = door.post("/v1/rules", who or door.moderator, {"document": document, "because": "A try."})
    assert answer.status_code == 201, answer.text
    return f"/v1/rules/{document['name']}"


def enable(door: Door, path: str, who: dict[str, str], *, mode: str = "live", version: int = 1) -> Any:
    """Enable it; the answer."""
    return door.post(path, who, {"mode": mode, "because": "It proved itself.", "version": version})


def somebody(door: Door, role: Role, site: str | None = "courier") -> dict[str, str]:
    """The headers of a new moderator with that role on a site."""
    with door.services.database.transaction() as session:
        where = None if site is None else site_by_slug(session, site)
        return bearer(make_token(session, f"somebody-{next(_numbers)}", role, where))


def test_rule_is_written_read_and_listed(door: Door) -> None:
    path = add(door, position=3)
    rule = door.get(path, door.moderator).get_json()
    assert (rule["mode"], rule["version"], rule["by"], rule["document"]["position"]) == ("draft", 1, "M1", 3)
    listed = door.get("/v1/rules", door.moderator).get_json()["rules"]
    assert rule["name"] in [row["name"] for row in listed]
    assert [row["position"] for row in listed] == sorted(row["position"] for row in listed)


def test_same_name_twice_is_409(door: Door) -> None:
    name = add(door).rpartition("/")[2]
    body = {"document": make_document(name), "because": "x"}
    assert_problem(door.post("/v1/rules", door.moderator, body), 409)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "No Name"}, "#/document/name"),
    ({"because": None}, "#/document/because"),
    ({"position": -1}, "#/document/position"),
    ({"site": "nowhere"}, "#/document/site"),
    ({"conditions": {}}, "#/document/conditions"),
    ({"conditions": {"all": [{"field": "magic"}]}}, "#/document/conditions/all/0/field"),
    (
        {"conditions": {"any": [{"field": "reporters", "within": "6h", "operator": ">=", "value": "three"}]}},
        "#/document/conditions/any/0/value",
    ),
    ({"actions": []}, "#/document/actions"),
    ({"actions": [{"do": "takedown"}]}, "#/document/actions/0/do"),
]


@pytest.mark.parametrize(("wrong", "pointer"), WRONG)
def test_refused_document_names_the_place(door: Door, wrong: dict[str, Any], pointer: str) -> None:
    body = {"document": make_document("wrong") | wrong, "because": "x"}
    assert_problem(door.post("/v1/rules", door.moderator, body), 422, pointer)


def test_change_is_a_version_that_says_what_changed(door: Door) -> None:
    path = add(door)
    document = door.get(path, door.moderator).get_json()["document"] | {"position": 5}
    body = {"document": document, "because": "Earlier.", "version": 1}
    assert door.call("PUT", path, door.moderators[1], body).get_json()["version"] == 2
    newest, oldest = door.get(f"{path}/versions", door.moderator).get_json()["versions"]
    assert (newest["by"], newest["because"], newest["changes"]) == ("M2", "Earlier.", ["~ position: 100 -> 5"])
    assert (oldest["version"], oldest["by"], oldest["document"]["position"]) == (1, "M1", 100)


def test_change_of_another_version_than_was_seen_is_409_with_the_newest(door: Door) -> None:
    path = add(door)
    document = door.get(path, door.moderator).get_json()["document"]
    body = {"document": document, "because": "x", "version": 9}
    assert assert_problem(door.call("PUT", path, door.moderator, body), 409)["version"] == 1


def test_rule_cannot_be_renamed(door: Door) -> None:
    body = {"document": make_document("another"), "because": "x", "version": 1}
    assert_problem(door.call("PUT", add(door), door.moderator, body), 422, "#/document/name")


def test_rule_goes_from_shadow_to_live_to_retired(door: Door) -> None:
    path = add(door)
    modes = [enable(door, f"{path}:enable", door.moderator, mode="shadow").get_json()["mode"]]
    modes.append(enable(door, f"{path}:enable", door.moderator, version=2).get_json()["mode"])
    modes.append(door.post(f"{path}:retire", door.moderator, {"because": "Noise."}).get_json()["mode"])
    assert modes == ["shadow", "live", "retired"]
    assert_problem(enable(door, f"{path}:enable", door.moderator, version=4), 409)


@pytest.mark.parametrize("mode", ["draft", "retired", "on", None])
def test_mode_that_nobody_can_enable_is_refused_by_name(door: Door, mode: Any) -> None:
    assert_problem(enable(door, f"{add(door)}:enable", door.moderator, mode=mode), 422, "#/mode")


def test_two_persons_where_the_site_wants_it(make_door: MakeDoor) -> None:
    door = make_door()
    with door.services.database.transaction() as session:
        site_by_slug(session, "courier").two_person_rules = True
    path = add(door)
    asked = enable(door, f"{path}:enable", door.moderator).get_json()
    assert (asked["mode"], asked["request"]["by"]) == ("draft", "M1")
    assert_problem(door.post(f"{path}:confirm", door.moderator, {"version": 1}), 403)
    assert door.post(f"{path}:confirm", door.moderators[1], {"version": 1}).get_json()["mode"] == "live"
    newest = door.get(f"{path}/versions", door.moderator).get_json()["versions"][0]
    assert (newest["by"], newest["agreed_by"]) == ("M1", "M2")


def test_withdrawn_request_cannot_be_confirmed(make_door: MakeDoor) -> None:
    door = make_door()
    with door.services.database.transaction() as session:
        site_by_slug(session, "courier").two_person_rules = True
    path = add(door)
    enable(door, f"{path}:enable", door.moderator)
    assert door.post(f"{path}:withdraw", door.moderator).get_json()["request"] is None
    assert_problem(door.post(f"{path}:confirm", door.moderators[1], {"version": 1}), 409)


def test_rate_has_a_bar_for_each_hour_or_day(door: Door) -> None:
    path = add(door)
    assert len(door.get(f"{path}/rate", door.moderator).get_json()["bars"]) == 48
    bars = door.get(f"{path}/rate?step=day&bars=3", door.moderator).get_json()["bars"]
    assert [(bar["live"], bar["shadow"]) for bar in bars] == [(0, 0)] * 3


@pytest.mark.parametrize("query", ["step=week", "bars=0", "bars=367"])
def test_rate_out_of_bounds_is_refused_by_name(door: Door, query: str) -> None:
    answer = door.get(f"{add(door)}/rate?{query}", door.moderator)
    assert assert_problem(answer, 422)["errors"][0]["pointer"].endswith("/" + query.partition("=")[0])


# Who may.


def test_moderators_read_rules_and_write_none(door: Door) -> None:
    reader = somebody(door, Role.MODERATOR)
    path = add(door, site="courier")
    assert door.get(f"{path}?site=courier", reader).status_code == 200
    assert_problem(enable(door, f"{path}:enable?site=courier", reader), 403)
    assert_problem(door.post(f"{path}:retire?site=courier", reader, {"because": "x"}), 403)
    body = {"document": make_document("mine", site="courier"), "because": "x"}
    assert_problem(door.post("/v1/rules", reader, body), 403)
    assert_problem(door.call("PUT", f"{path}?site=courier", reader, body | {"version": 1}), 403)


def test_senior_writes_his_sites_rules_and_only_admins_those_for_all(door: Door) -> None:
    senior = somebody(door, Role.SENIOR)
    assert enable(door, f"{add(door, senior, site='courier')}:enable?site=courier", senior).status_code == 200
    for_all = add(door)
    assert door.get(for_all, senior).status_code == 200
    assert_problem(enable(door, f"{for_all}:enable", senior), 403)
    assert_problem(enable(door, f"{for_all}:enable", somebody(door, Role.SENIOR, None)), 403)


@pytest.mark.parametrize(("faults", "more"), [(3, ""), (4, "; and 1 more"), (9, "; and 6 more")])
def test_refused_document_says_how_many_faults_it_does_not_tell(door: Door, faults: int, more: str) -> None:
    body = {"document": make_document(actions=[{"do": "takedown"}] * faults), "because": "x"}
    told = assert_problem(door.post("/v1/rules", door.moderator, body), 422)
    assert (len(told["errors"]), told["detail"].count("#/document/actions/")) == (faults, 3)
    assert told["detail"].partition("; and ")[1:] == (more[:6], more[6:])


def test_missing_rule_is_pointed_to_only_where_one_may_see_it(door: Door) -> None:
    with door.services.database.transaction() as session:
        make_site(session, "away")
    path = add(door, site="courier")
    refused = [assert_problem(door.get(path, somebody(door, Role.SENIOR, site)), 404) for site in ("courier", "away")]
    assert [problem["detail"].partition("; ")[2] for problem in refused] == ["there is one of courier", ""]


def test_rules_of_other_sites_are_not_there(door: Door) -> None:
    with door.services.database.transaction() as session:
        make_site(session, "elsewhere")
    stranger = somebody(door, Role.ADMIN, "elsewhere")
    path = add(door, site="courier")
    assert_problem(door.get(f"{path}?site=courier", stranger), 404)
    assert_problem(door.get("/v1/rules?site=courier", stranger), 404)
    assert_problem(door.post(f"{path}:retire?site=courier", stranger, {"because": "x"}), 404)
    listed = door.get("/v1/rules", stranger).get_json()["rules"]
    assert {row["site"] for row in listed} <= {None, "elsewhere"}


@pytest.mark.parametrize("slug", ["courier", "nowhere"])
def test_a_rule_for_a_site_of_others_is_refused_as_one_for_a_site_that_there_is_not(door: Door, slug: str) -> None:
    with door.services.database.transaction() as session:
        site = make_site(session, f"own-{next(_numbers)}").slug
    senior = somebody(door, Role.SENIOR, site)
    path = add(door, senior, site=site)
    new, moved = (make_document(name, site=slug) for name in ("theirs", path.rpartition("/")[2]))
    refused = door.post("/v1/rules", senior, {"document": new, "because": "x"})
    told = assert_problem(refused, 422, "#/document/site")["errors"]
    assert [error["detail"] for error in told] == [f"There is no site '{slug}'"]
    change = {"document": moved, "because": "x", "version": 1}
    assert_problem(door.call("PUT", f"{path}?site={site}", senior, change), 422, "#/document/name")


@pytest.mark.parametrize("path", ["none", "none?site=courier", "none/versions", "none/rate", "No%20Name", "a" * 64])
def test_rule_that_is_not_there_is_404(door: Door, path: str) -> None:
    assert_problem(door.get(f"/v1/rules/{path}", door.moderator), 404)


# The kill switch.


def test_switch_for_a_site_says_who_turned_it_and_why(door: Door) -> None:
    off = {"off": True, "because": "A brigade."}
    (mine,) = door.call("PUT", "/v1/automation?site=courier", door.moderator, off).get_json()["switches"]
    assert (mine["site"], mine["off"], mine["by"], mine["because"]) == ("courier", True, "M1", "A brigade.")
    on = {"off": False, "because": "Over."}
    (mine,) = door.call("PUT", "/v1/automation?site=courier", door.moderator, on).get_json()["switches"]
    assert mine["off"] is False


def test_senior_turns_his_sites_switch_and_an_admin_the_one_for_all(make_door: MakeDoor) -> None:
    door = make_door()
    body = {"off": True, "because": "x"}
    senior = somebody(door, Role.SENIOR)
    assert_problem(door.call("PUT", "/v1/automation", senior, body), 403)
    assert door.call("PUT", "/v1/automation?site=courier", senior, body).status_code == 200
    assert door.call("PUT", "/v1/automation", door.moderator, body).status_code == 200
    seen = door.get("/v1/automation", somebody(door, Role.MODERATOR)).get_json()["switches"]
    assert [(switch["site"], switch["off"]) for switch in seen] == [(None, True), ("courier", True)]


@pytest.mark.parametrize("off", [2, "true", "off", None])
def test_switch_takes_true_or_false_only(door: Door, off: Any) -> None:
    answer = door.call("PUT", "/v1/automation", door.moderator, {"off": off, "because": "x"})
    assert_problem(answer, 422, "#/off")
