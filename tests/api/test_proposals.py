"""Cases that take two persons, as moderators meet them."""

from __future__ import annotations

from typing import Any

from moderation_service.cases.models import Case
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from tests.api.door import Door, assert_problem, bearer
from tests.factories import make_policy
from tests.live import make_token, verdict_on


def for_two(door: Door, name: str) -> tuple[str, dict[str, Any]]:
    """A case that takes two persons, held by the first moderator: its path, and the case."""
    case = door.case_of(name)
    with door.services.database.transaction() as session:
        session.get_one(Case, case["id"]).needs_second = True
    path = f"/v1/cases/{case['id']}"
    return path, door.post(f"{path}/claim", door.moderator).get_json()


def proposed(door: Door, name: str) -> tuple[str, dict[str, Any]]:
    """A case for which the first moderator proposed a takedown: its path, and the case as it is then."""
    path, case = for_two(door, name)
    assert door.post(f"{path}/decisions", door.moderator, verdict_on(case)).status_code == 202
    return path, door.get(path, door.moderator).get_json()


def seconds(door: Door, path: str, who: dict[str, str], action: str = "takedown") -> Any:
    """Another moderator claims and rules."""
    case = door.post(f"{path}/claim", who).get_json()
    return door.post(f"{path}/decisions", who, verdict_on(case, action))


def colleague(door: Door, username: str) -> dict[str, str]:
    """The headers of a moderator who is no senior."""
    with door.services.database.transaction() as session:
        return bearer(make_token(session, username, Role.MODERATOR))


def test_first_ruling_is_202_with_the_proposal(door: Door) -> None:
    path, case = for_two(door, "first")
    answer = door.post(f"{path}/decisions", door.moderator, verdict_on(case, note="Untrue."))
    proposal = answer.get_json()["proposal"]
    assert (answer.status_code, proposal["case_version"]) == (202, case["version"] + 1)
    assert (proposal["by"], proposal["action"], proposal["clause"], proposal["note"]) == (
        *("M1", "takedown", "3.4"),
        "Untrue.",
    )


def test_case_shows_that_it_takes_two_and_what_was_proposed(door: Door) -> None:
    _, case = proposed(door, "shown")
    assert case["needs_second"]
    assert (case["proposal"]["by"], case["proposal"]["action"], case["held"]) == ("M1", "takedown", None)
    assert case["decisions"] == []


def test_second_ruling_is_201_and_is_carried_out(door: Door) -> None:
    path, _ = proposed(door, "second")
    assert seconds(door, path, door.moderators[1]).status_code == 201
    door.work()
    assert door.get("/v1/articles/second", door.site).status_code == 410
    assert door.get(path, door.moderator).get_json()["proposal"] is None


def test_second_ruling_that_disagrees_is_202_and_nothing_is_decided(door: Door) -> None:
    path, _ = proposed(door, "disputed")
    answer = seconds(door, path, colleague(door, "bea"), "clear")
    assert (answer.status_code, answer.get_json()["proposal"]["action"]) == (202, "clear")
    case = door.get(path, door.moderator).get_json()
    assert (case["state"], case["proposal"]["by"], case["decisions"]) == ("open", "Bea", [])


def test_proposer_who_decides_is_403_and_told_why(door: Door) -> None:
    path, case = proposed(door, "alone")
    door.post(f"{path}/claim", door.moderator)
    answer = door.post(f"{path}/decisions", door.moderator, verdict_on(case))
    assert "another person decides" in assert_problem(answer, 403)["detail"]


def test_proposal_is_replaced(door: Door) -> None:
    path, case = proposed(door, "replaced")
    door.post(f"{path}/claim", door.moderator)
    answer = door.call("PUT", f"{path}/proposal", door.moderator, verdict_on(case, "clear"))
    assert (answer.status_code, answer.get_json()["action"]) == (200, "clear")
    assert answer.get_json()["case_version"] == case["version"] + 1


def test_proposal_is_withdrawn_once(door: Door) -> None:
    path, _ = proposed(door, "withdrawn")
    assert door.call("DELETE", f"{path}/proposal", door.moderator).status_code == 204
    assert door.get(path, door.moderator).get_json()["proposal"] is None
    assert_problem(door.call("DELETE", f"{path}/proposal", door.moderator), 404)


def test_proposal_of_a_colleague_is_403(door: Door) -> None:
    path, _ = proposed(door, "not-his")
    assert_problem(door.call("DELETE", f"{path}/proposal", door.moderators[1]), 403)


def test_bulk_tells_proposals_from_decisions(door: Door) -> None:
    _, first = for_two(door, "bulk-two")
    second = door.case_of("bulk-one")
    seen = [{"case_id": case["id"], "case_version": case["version"], "article_revision": 1} for case in (first, second)]
    answer = door.post("/v1/decisions:bulk", door.moderator, {"action": "clear", "cases": seen})
    results = answer.get_json()["results"]
    assert [(r["status"], "proposal" in r, "decision" in r) for r in results] == [
        (202, True, False),
        (201, False, True),
    ]
    assert results[0]["proposal"]["by"] == "M1"


def test_bulk_over_so_many_waits_and_says_so(door: Door) -> None:
    with door.services.database.transaction() as session:
        make_policy(session, session.get_one(Site, door.newsroom.site_id), second_over=1)
    seen = [
        {"case_id": case["id"], "case_version": case["version"], "article_revision": 1}
        for case in (door.case_of(name) for name in ("three", "at", "once"))
    ]
    body = {"action": "takedown", "clause": "3.4", "ground": "terms", "cases": seen}
    results = door.post("/v1/decisions:bulk", door.moderator, body).get_json()["results"]
    assert {(r["status"], r["proposal"]["because"]) for r in results} == {(202, "bulk")}
    assert len({r["proposal"]["together"] for r in results}) == 1
    assert door.get("/v1/policy", door.moderator).get_json()["second_over"] is None  # the house's own


def test_proposer_is_not_given_his_own_proposal_to_decide(door: Door) -> None:
    path, _ = proposed(door, "not-offered")
    offered = []
    while (answer := door.post("/v1/cases:claim-next", door.moderator)).status_code == 200:
        offered.append(answer.get_json()["id"])
    assert int(path.rpartition("/")[2]) not in offered
