"""The queue, claims, decisions and dead letters, as moderators meet them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from moderation_service.cases.models import Case
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from moderation_service.sites.service import site_by_slug
from tests.api.conftest import MakeDoor
from tests.api.door import Door, assert_problem, bearer
from tests.factories import make_case, make_site, rewrite_clause
from tests.live import make_token, verdict_on


def claim(door: Door, case: dict[str, Any]) -> str:
    """Claim a case as the first moderator; its path."""
    path = f"/v1/cases/{case['id']}"
    assert door.post(f"{path}/claim", door.moderator).status_code == 200
    return path


def test_pages_follow_their_links_and_show_each_case_once(door: Door) -> None:
    expected = {door.case_of(f"paged-{n}")["id"] for n in range(5)}
    seen: list[int] = []
    path: str | None = "/v1/cases?limit=2&held=any"
    while path:
        answer = door.get(path, door.moderator)
        seen += [case["id"] for case in answer.get_json()["cases"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == bool(answer.get_json()["next_cursor"])
        path = link.partition(">")[0].partition("localhost")[2] if 'rel="next"' in link else None
    assert len(seen) == len(set(seen))
    assert expected <= set(seen)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "", "1e2", "9" * 30])
def test_limit_out_of_bounds_is_refused_by_name(door: Door, limit: str) -> None:
    answer = door.get(f"/v1/cases?limit={limit}", door.moderator)
    assert assert_problem(answer, 422)["errors"][0]["pointer"].endswith("/limit")


@pytest.mark.parametrize("query", ["state=x", "reason=x", "held=x", "escalated=x", "cursor=x"])
def test_filter_that_is_none_is_refused_by_name(door: Door, query: str) -> None:
    answer = door.get(f"/v1/cases?{query}", door.moderator)
    assert assert_problem(answer, 422)["errors"][0]["pointer"].endswith("/" + query.partition("=")[0])


def test_cursor_of_another_list_is_refused(door: Door) -> None:
    for n in range(2):
        door.case_of(f"cursor-{n}")
    cursor = door.get("/v1/cases?limit=1", door.moderator).get_json()["next_cursor"]
    answer = door.get(f"/v1/cases?limit=1&state=closed&cursor={cursor}", door.moderator)
    assert_problem(answer, 422, "#/cursor")


def test_unknown_site_and_unknown_case_are_404(door: Door) -> None:
    assert_problem(door.get("/v1/cases?site=nowhere", door.moderator), 404)
    assert_problem(door.get("/v1/cases/999999999999999999", door.moderator), 404)
    assert_problem(door.get("/v1/cases/9999999999999999999", door.moderator), 404)


def test_moderator_of_another_site_sees_nothing(door: Door) -> None:
    case = door.case_of("hidden")
    with door.services.database.transaction() as session:
        stranger = bearer(make_token(session, "stranger", site=make_site(session, "elsewhere")))
    assert door.get("/v1/cases", stranger).get_json()["cases"] == []
    assert_problem(door.get("/v1/cases?site=courier", stranger), 404)
    path = f"/v1/cases/{case['id']}"
    assert_problem(door.get(path, stranger), 404)
    assert_problem(door.get(f"{path}/flags", stranger), 404)
    assert_problem(door.post(f"{path}/claim", stranger), 404)
    assert_problem(door.post(f"{path}/decisions", stranger, verdict_on(case)), 404)


def test_claim_next_gives_each_his_own_until_nothing_waits(make_door: MakeDoor) -> None:
    door = make_door()
    ids = {door.case_of(f"next-{n}")["id"] for n in range(2)}
    given = {door.post("/v1/cases:claim-next", who).get_json()["id"] for who in door.moderators}
    assert given == ids
    assert_problem(door.post("/v1/cases:claim-next", door.moderator), 404)


@pytest.mark.parametrize("query", ["", "?queue=politics"])
def test_claim_next_of_a_queue_named_in_address_or_body(make_door: MakeDoor, query: str) -> None:
    door = make_door()
    door.case_of("main")
    named = door.case_of("named")["id"]
    with door.services.database.transaction() as session:
        session.get_one(Case, named).queue = "politics"
    body = None if query else {"queue": "politics"}
    assert door.post(f"/v1/cases:claim-next{query}", door.moderator, body).get_json()["id"] == named
    assert_problem(door.post(f"/v1/cases:claim-next{query}", door.moderators[1], body), 404)


@pytest.mark.parametrize(
    ("body", "pointer"), [({"site": "courier"}, "#/site"), ({"queue": 7}, "#/queue"), (["politics"], "#")]
)
def test_claim_next_refuses_a_body_that_says_anything_else(door: Door, body: Any, pointer: str) -> None:
    assert_problem(door.post("/v1/cases:claim-next", door.moderator, body), 422, pointer)


def test_second_claim_is_409_and_says_who_holds_it(door: Door) -> None:
    path = claim(door, door.case_of("held"))
    members = assert_problem(door.post(f"{path}/claim", door.moderators[1]), 409)
    assert members["held_by"] == "M1"


def test_claim_is_renewed_released_and_handed_over(door: Door) -> None:
    path = claim(door, door.case_of("handed"))
    assert door.call("PATCH", f"{path}/claim", door.moderator).status_code == 200
    assert door.post(f"{path}/claim:hand-over", door.moderator, {"to": "m2"}).get_json()["by"] == "M2"
    assert_problem(door.call("PATCH", f"{path}/claim", door.moderator), 409)
    assert door.call("DELETE", f"{path}/claim", door.moderators[1]).status_code == 204


def test_hand_over_to_nobody_is_422(door: Door) -> None:
    path = claim(door, door.case_of("handed-to-nobody"))
    assert_problem(door.post(f"{path}/claim:hand-over", door.moderator, {"to": "nobody"}), 422)


def test_escalation_and_note_stand_in_the_history(door: Door) -> None:
    path = claim(door, door.case_of("escalated"))
    noted = door.post(f"{path}/notes", door.moderator, {"note": "Looks odd."})
    escalated = door.post(f"{path}:escalate", door.moderator, {"note": "Too hard."})
    assert (noted.status_code, escalated.get_json()["needs_role"]) == (201, "senior")
    kinds = [event["kind"] for event in door.get(path, door.moderator).get_json()["history"]]
    assert {"note", "escalated"} & set(kinds)


def test_flags_of_a_case_come_in_pages(door: Door) -> None:
    case = door.case_of("flagged", "r1", "r2", "r3")
    first = door.get(f"/v1/cases/{case['id']}/flags?limit=2", door.moderator).get_json()
    rest = door.get(f"/v1/cases/{case['id']}/flags?limit=2&cursor={first['next_cursor']}", door.moderator).get_json()
    assert [len(first["flags"]), len(rest["flags"]), rest["next_cursor"]] == [2, 1, None]


def test_decision_without_a_claim_is_403(door: Door) -> None:
    case = door.case_of("unclaimed")
    assert_problem(door.post(f"/v1/cases/{case['id']}/decisions", door.moderator, verdict_on(case)), 403)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"action": "burn"}, "#/action"),
    ({"clause": None}, "#/clause"),
    ({"clause": "9.9"}, "#/clause"),
    ({"ground": None}, "#/ground"),
    ({"ground": "taste"}, "#/ground"),
    ({"parts": ["p9"]}, "#/parts"),
    ({"parts": ["p1", "P1"]}, "#/parts/1"),
    ({"case_version": 0}, "#/case_version"),
    ({"case_version": "1"}, "#/case_version"),
    ({"article_revision": None}, "#/article_revision"),
    ({"note": "\x00"}, "#/note"),
]


@pytest.mark.parametrize(("wrong", "pointer"), WRONG)
def test_refused_decision_names_the_field(door: Door, wrong: dict[str, Any], pointer: str) -> None:
    case = door.case_of(f"wrong-{WRONG.index((wrong, pointer))}")
    answer = door.post(f"{claim(door, case)}/decisions", door.moderator, verdict_on(case, **wrong))
    assert_problem(answer, 422, pointer)


def test_stale_version_is_409_with_what_changed(door: Door) -> None:
    case = door.decided("stale")
    claim(door, case)
    members = assert_problem(door.post(f"/v1/cases/{case['id']}/decisions", door.moderator, verdict_on(case)), 409)
    assert members["case_version"] > case["version"]
    assert "decided" in [event["kind"] for event in members["changed"]]


def test_bulk_needs_at_least_one_and_at_most_a_hundred(door: Door) -> None:
    one = {"case_id": 1, "case_version": 1, "article_revision": 1}
    for cases in ([], [one] * 101):
        answer = door.post("/v1/decisions:bulk", door.moderator, {"action": "clear", "cases": cases})
        assert_problem(answer, 422, "#/cases")


def test_same_case_twice_in_bulk_is_decided_once(door: Door) -> None:
    case = door.case_of("twice")
    seen = {"case_id": case["id"], "case_version": case["version"], "article_revision": 1}
    answer = door.post("/v1/decisions:bulk", door.moderator, {"action": "clear", "cases": [seen, seen]})
    first, second = answer.get_json()["results"]
    assert (first["status"], second["status"], second["decision"]["id"]) == (201, 201, first["decision"]["id"])


def test_a_takedown_says_which_policy_was_looked_at_and_is_409_where_its_clause_moved_on(door: Door) -> None:
    case, seen = door.case_of("clause-moved"), door.get("/v1/policy?site=courier", door.moderator).get_json()["id"]
    door.post(f"/v1/cases/{case['id']}/claim", door.moderator)
    with door.services.database.transaction() as session:
        rewrite_clause(
            session, session.get_one(Site, door.newsroom.site_id), "3.4", title="Bridges", actor="operator:me"
        )
    path, ruling = f"/v1/cases/{case['id']}/decisions", verdict_on(case)
    problem = assert_problem(door.post(path, door.moderator, ruling | {"policy_id": seen}), 409)
    (changed,) = problem["changed"]
    told = (changed["kind"], changed["clause"], changed["title"], changed["by"])
    assert told == ("policy_written", "3.4", "Bridges", "operator:me")
    assert door.post(path, door.moderator, ruling | {"policy_id": changed["policy_id"]}).status_code == 201


def test_one_takedown_on_several_sites_is_409_where_the_clause_says_something_else(door: Door) -> None:
    with door.services.database.transaction() as session:
        there = make_site(session, "words-of-their-own")
        ours = make_case(session, session.get_one(Site, door.newsroom.site_id), "clause-here").id
        theirs = make_case(session, there, "clause-there").id
        rewrite_clause(session, there, "3.2", text="Nobody flatters a bridge.")
    seen = door.get("/v1/policy?site=courier", door.moderator).get_json()["id"]
    verdict = {"action": "takedown", "clause": "3.2", "ground": "terms", "policy_id": seen}
    cases = [{"case_id": case_id, "case_version": 1, "article_revision": 1} for case_id in (ours, theirs)]
    answer = door.post("/v1/decisions:bulk", door.moderator, verdict | {"cases": cases})
    assert [result["status"] for result in answer.get_json()["results"]] == [201, 409]


def test_another_verdict_on_what_one_has_decided_is_409(door: Door) -> None:
    case = door.case_of("changed-mind")
    seen = {"case_id": case["id"], "case_version": case["version"], "article_revision": 1}
    takedown = {"action": "takedown", "clause": "3.4", "ground": "terms"}
    door.post("/v1/decisions:bulk", door.moderator, {"action": "clear", "cases": [seen]})
    answer = door.post("/v1/decisions:bulk", door.moderator, takedown | {"cases": [seen]})
    assert answer.get_json()["results"][0]["status"] == 409


def test_a_case_that_is_locked_too_long_costs_no_other_its_answer(door: Door) -> None:
    held, free = (door.case_of(name) for name in ("held", "free"))
    seen = [{"case_id": c["id"], "case_version": c["version"], "article_revision": 1} for c in (held, free)]
    with door.services.database.transaction() as session:
        session.execute(text("SELECT FROM cases WHERE id = :id FOR UPDATE"), {"id": held["id"]})
        answer = door.post("/v1/decisions:bulk", door.moderator, {"action": "clear", "cases": seen})
    results = answer.get_json()["results"]
    assert [result["status"] for result in results] == [503, 201]
    assert "try again" in results[0]["problem"]["detail"]


def test_dead_letter_is_listed_and_replayed(make_door: MakeDoor) -> None:
    door = make_door()
    with door.services.database.transaction() as session:
        site_by_slug(session, "courier").store = "none of ours"
    door.decided("dead")
    dead = door.get("/v1/dead-letters", door.moderator).get_json()["dead_letters"]
    assert [letter["article"]["external_id"] for letter in dead] == ["dead"]
    with door.services.database.transaction() as session:
        site_by_slug(session, "courier").store = "builtin"
    replay = f"/v1/dead-letters/{dead[0]['id']}:replay"
    assert door.post(replay, door.moderator).get_json() == {"replayed": 1}
    assert_problem(door.post(replay, door.moderator), 409)
    door.work()
    assert door.get("/v1/articles/dead", door.site).status_code == 410


def test_dead_letters_are_for_seniors(door: Door) -> None:
    with door.services.database.transaction() as session:
        junior = bearer(make_token(session, "junior", Role.MODERATOR))
    assert door.get("/v1/dead-letters", junior).get_json()["dead_letters"] == []
    assert door.post("/v1/dead-letters:replay-all", junior).get_json() == {"replayed": 0}


def test_who_may_not_replay_learns_nothing_of_an_order(door: Door) -> None:
    door.decided("alive")
    with door.services.database.transaction() as session:
        junior = bearer(make_token(session, "junior-2", Role.MODERATOR))
        stranger = bearer(make_token(session, "stranger-2", site=make_site(session, "far-away")))
    assert_problem(door.post("/v1/dead-letters/1:replay", junior), 403)
    assert_problem(door.post("/v1/dead-letters/1:replay", stranger), 404)
    assert_problem(door.post("/v1/dead-letters/1:replay", door.moderator), 409)
