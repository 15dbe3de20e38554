"""What rules did on cases, as moderators meet it: why, why not, and taken back."""

from __future__ import annotations

from typing import Any

from moderation_service.cases.models import Case
from moderation_service.policy.vocabulary import Role
from moderation_service.queries import fired_on
from moderation_service.triage.rules import switches
from tests.api.door import Door, assert_problem
from tests.api.test_rules import add, enable, somebody

ANY_FLAG = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}


def live(door: Door, **changes: Any) -> str:
    """The path of a rule that is live on the door's site."""
    said = {"site": "courier", "conditions": ANY_FLAG, "actions": [{"do": "queue", "name": "desk"}]}
    path = add(door, **(said | changes))
    answer = enable(door, f"{path}:enable?site=courier", door.moderator)
    assert answer.status_code == 200, answer.text
    return path


def case_of(door: Door, external_id: str) -> int:
    """The number of the case of one flag on an article."""
    number: int = door.case_of(external_id)["id"]
    return number


def why(door: Door, path: str, case_id: int, who: dict[str, str] | None = None) -> Any:
    """What the rule makes of a case; the answer."""
    return door.get(f"{path}/why?site=courier&case={case_id}", who or door.moderator)


def test_why_shows_each_test_with_what_it_saw_and_when_the_rule_fired(door: Door) -> None:
    path = live(door)
    found = why(door, path, case_of(door, "why")).get_json()
    assert (found["met"], found["facts"][0]["value"], found["facts"][0]["met"]) == (True, 1, True)
    assert (found["fired"][0]["mode"], found["fired"][0]["did"]) == ("live", ["put the case into the queue desk"])
    assert found["hindered"] == ["This version has fired on the case, and does so once."]


def test_why_not_shows_the_test_that_is_not_met(door: Door) -> None:
    path = live(door, conditions=ANY_FLAG | {"value": 2})
    found = why(door, path, case_of(door, "why-not")).get_json()
    assert (found["met"], found["hindered"], found["fired"]) == (False, [], [])
    assert (found["facts"][0]["value"], found["facts"][0]["wanted"], found["facts"][0]["met"]) == (1, 2, False)


def test_conditions_that_are_met_wait_for_the_next_flag(door: Door) -> None:
    case_id = case_of(door, "before-the-rule")
    found = why(door, live(door), case_id).get_json()
    assert (found["met"], found["hindered"], found["fired"]) == (True, [], [])
    assert found["outlook"] == "It fires when the next flag comes: rules look at a case then."


def test_each_group_says_what_it_comes_to(door: Door) -> None:
    path = live(door, conditions={"not": {"any": [ANY_FLAG | {"value": 9}]}})
    found = why(door, path, case_of(door, "groups")).get_json()
    assert found["groups"] == [
        {"path": "conditions", "group": "not", "met": True},
        {"path": "conditions.not", "group": "any", "met": False},
    ]


def test_what_was_only_recorded_is_told_as_such(door: Door) -> None:
    path = live(door)
    with door.services.database.transaction() as session:
        switches.switch_off(session, None, author="moderator:1", because="An attack.")
    case_id = case_of(door, "recorded")
    during = why(door, path, case_id).get_json()
    with door.services.database.transaction() as session:
        switches.switch_on(session, None, author="moderator:1", because="It is over.")
    after = why(door, path, case_id).get_json()
    assert during["hindered"] == [
        "Automatic actions are switched off: rules only record.",
        "It has recorded the case, and fires with the next flag once it may act.",
    ]
    assert (during["outlook"], after["hindered"]) == (None, [])
    assert after["outlook"] == "It fires when the next flag comes: rules look at a case then."


def test_an_action_that_was_refused_says_why(door: Door) -> None:
    path = live(door, actions=[{"do": "hide"}])
    (fired,) = why(door, path, case_of(door, "refused")).get_json()["fired"]
    assert (fired["did"], len(fired["did_not"])) == ([], 1)


def test_a_draft_says_that_it_looks_at_nothing(door: Door) -> None:
    path = add(door, site="courier", conditions=ANY_FLAG)
    found = why(door, path, case_of(door, "draft")).get_json()
    assert (found["met"], found["hindered"]) == (True, ["The rule looks at no case: it is draft."])


def test_there_is_no_why_of_a_case_that_is_not_there(door: Door) -> None:
    path = live(door)
    assert_problem(why(door, path, 10**9), 404)


def test_a_rule_is_taken_back(door: Door) -> None:
    path = live(door, actions=[{"do": "severity", "value": 4}])
    case_id = case_of(door, "taken-back")
    answer = door.post(f"{path}/versions/2:revert?site=courier", door.moderator, {})
    assert answer.get_json() == {"firings": 1, "cases": 1, "reopened": 0, "unmuted": 0, "shown": 0}
    with door.services.database.transaction() as session:
        assert session.get_one(Case, case_id).severity_set is None
        (fired,) = [row for row in fired_on(session, case_id) if path.endswith(row["rule"])]
        assert fired["reverted_at"] is not None


def test_who_may_not_change_a_rule_may_not_take_it_back(door: Door) -> None:
    path = live(door)
    who = somebody(door, Role.MODERATOR)
    assert_problem(door.post(f"{path}/versions/2:revert?site=courier", who, {}), 403)


def test_a_version_that_a_rule_never_had_is_404(door: Door) -> None:
    path = live(door)
    assert_problem(door.post(f"{path}/versions/9:revert?site=courier", door.moderator, {}), 404)


def test_rules_that_differ_on_a_case_are_told_with_it(door: Door) -> None:
    path = live(door, position=99, actions=[{"do": "deadline", "within": "3h"}])
    live(door, position=98, actions=[{"do": "deadline", "within": "2h"}])
    case_id = case_of(door, "differ")
    with door.services.database.transaction() as session:
        (conflicts,) = [row["conflicts"] for row in fired_on(session, case_id) if path.endswith(f"/{row['rule']}")]
    assert [clash["about"] for clash in conflicts] == ["deadline"]
    assert path.endswith(conflicts[0]["yields"]["rule"])
