"""What no form of ours sends: it is answered as somebody's mistake, never as a defect of the service."""

from __future__ import annotations

import pytest

from moderation_service.policy.vocabulary import Role
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.at_once import at_once
from tests.console.cases import open_case, verdict
from tests.console.conftest import Sit
from tests.console.desk import Desk
from tests.console.test_admin_policies import COURIER as POLICY
from tests.console.test_admin_policies import clause, form, in_force

HUGE = "9" * 18
NEW_RULE = "/console/rules:new"


@pytest.fixture
def admin(sit: Sit) -> Desk:
    """An admin of all sites."""
    return sit(Role.ADMIN)


@pytest.mark.parametrize("path", ["/console/admin/people/{}", "/console/admin/sites/courier/keys/{}:revoke"])
def test_an_id_that_no_row_can_have_is_nobodys(admin: Desk, path: str) -> None:
    assert admin.get(path.format(HUGE)).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/console/account/sessions/{}:end", "/console/queue/views/{}/delete", "/console/account/identities/{}:unlink"],
)
def test_nothing_is_done_to_a_row_that_cannot_be(desk: Desk, path: str) -> None:
    assert desk.post(path.format(HUGE)).status_code in (404, 405)


def test_a_version_that_no_case_reaches_is_one_that_moved_on(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "version")
    answer = desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, case_version=HUGE))
    assert answer.status_code == 409
    together = desk.post("/console/together", {"seen": f"{case_id}.{HUGE}.1", "action": "clear"})
    assert together.status_code == 200
    assert desk.post("/console/approvals", {"seen": f"{case_id}.{HUGE}.1"}).status_code == 409


@pytest.mark.parametrize("words", ['"\\ud800"', '{"name": "\\u0000"}', "NaN", "1e999", "[" * 20_000])
def test_a_rule_in_json_that_cannot_be_kept_is_no_json(admin: Desk, words: str) -> None:
    answer = admin.post(NEW_RULE, {"json": words, "step": "check"})
    assert answer.status_code == 422
    assert "This is not JSON." in answer.text


def test_a_backslash_before_what_looks_like_a_nul_is_text(admin: Desk) -> None:
    assert "This is not JSON." not in admin.post(NEW_RULE, {"json": r'{"name": "\\u0000"}', "step": "check"}).text


def test_a_condition_on_what_rules_do_not_look_at_is_none(admin: Desk) -> None:
    answer = admin.post(NEW_RULE, {"c.group": "all", "c.0.field": "made-up", "step": "check"})
    assert answer.status_code == 422


@pytest.mark.parametrize("words", ['{"a": "\\u0000"}', '{"a": "\\ud800"}', '{"a": NaN}', '{"a": 1e999}'])
def test_options_of_a_store_that_cannot_be_kept_are_refused_at_their_field(admin: Desk, words: str) -> None:
    site = {"name": "Courier", "url": "https://courier.example", "store": "builtin", "prior": "5", "hide_hours": "24"}
    answer = admin.post("/console/admin/sites/courier", site | {"store_options": words})
    assert answer.status_code == 422
    assert "A JSON object such as" in answer.text


def test_a_policy_as_long_as_one_may_be_is_written(door: Door, admin: Desk) -> None:
    clauses = [clause(key, text="ü" * 5000) for key in range(100)]
    assert admin.post(POLICY, form(door, *clauses)).status_code == 303
    assert len(in_force(door)[1]) == 100


@pytest.mark.parametrize(
    ("one", "other"), [("::ffff:192.0.2.1", "::ffff:192.0.2.2"), ("192.0.2.1:4711", "192.0.2.2:4711")]
)
def test_two_networks_are_counted_apart_however_they_are_written(make_door: MakeDoor, one: str, other: str) -> None:
    guest = Desk(make_door(rate_limit_login="1/day").app.test_client())
    statuses = []
    for username, address in (("a", one), ("b", one), ("c", other)):
        guest.client.environ_base["REMOTE_ADDR"] = address
        statuses.append(guest.sign_in(username).status_code)
    assert statuses == [401, 429, 401]


def test_who_comes_from_no_address_is_counted_all_the_same(make_door: MakeDoor) -> None:
    guest = Desk(make_door(rate_limit_login="1/day").app.test_client())
    guest.client.environ_base["REMOTE_ADDR"] = "unknown"
    assert [guest.sign_in(username).status_code for username in ("a", "b")] == [401, 429]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/console/admin/people", {"username": "twin", "display_name": "Twin", "role": "moderator", "site": "*"}),
        ("/console/admin/sites", {"slug": "twin", "name": "Twin", "url": "https://twin.example"}),
    ],
)
def test_of_several_who_take_a_name_at_once_all_but_one_are_told(sit: Sit, path: str, typed: dict[str, str]) -> None:
    admins = [sit(Role.ADMIN) for _ in range(4)]
    forms = [(admin, {"csrf": admin.token("/console/account")} | typed) for admin in admins]
    came = at_once(lambda one: one[0].client.post(path, data=one[1]).status_code, forms)
    assert sorted(map(str, came)) in (["200", "422", "422", "422"], ["303", "422", "422", "422"])
