"""Cases together: side by side, decided by one verdict, each with a result of its own; and which belong together."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from moderation_service.articles.content import Image
from moderation_service.cases.models import Case
from moderation_service.intake.submission import Target
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.console.cases import is_claimed, last_decision, look, open_case, other_site, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, seat
from tests.factories import make_article, make_case, make_content, make_flag, rewrite_clause, triaged

PATH = "/console/together"
FERRY = Target(part="p1", quotation={"exact": "The ferry is back."})
BELL = Target(part="p2", quotation={"exact": "found in the reeds"})


def _cases(door: Door, name: str, count: int = 3) -> list[int]:
    return [open_case(door, f"{name}-{number}", headline=f"About {name} {number}") for number in range(count)]


def _form(door: Door, case_ids: list[int], action: str = "takedown", **changes: Any) -> dict[str, Any]:
    """The form that decides these cases as they are now."""
    seen = [f"{case_id}.{look(door, case_id).version}.1" for case_id in case_ids]
    return {"action": action, "cited": "3.4/terms", "note": "", "seen": seen} | changes


def _decided(door: Door, case_ids: list[int]) -> list[str | None]:
    made = [last_decision(door, case_id) for case_id in case_ids]
    return [None if decision is None else decision.action for decision in made]


def _results(answer: TestResponse) -> str:
    """What the page says of what became of each case."""
    assert answer.status_code == 200, answer.text
    return words_of(answer).partition("What became of each")[2].partition("Decide those that are ticked")[0]


def test_each_case_shows_its_evidence(door: Door, desk: Desk) -> None:
    one = open_case(door, "evidence", headline="A bell in the reeds", target=BELL, comment="It never left.")
    two = open_case(door, "evidence-2", headline="A tower without one")
    answer = desk.get(f"{PATH}?cases={one}.{two}")
    shown = words_of(answer)
    for words in ("A bell in the reeds", "A tower without one", "Misleading 1", "1 reader", "It never left.", "LOCAL"):
        assert words in shown
    assert "<mark" in answer.text
    assert not is_claimed(door, one)


def test_the_part_flagged_most_is_first_whatever_is_said_of_it(make_door: MakeDoor) -> None:
    door = make_door()
    case_id, desk = open_case(door, "parts", target=FERRY, reason="misleading"), seat(door, "ada")
    said = {"hate": "Its bell", "spam": "was found", "other": "in the reeds"}
    flags = [(FERRY, "misleading"), *((Target("p2", {"exact": words}), reason) for reason, words in said.items())]
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        for target, reason in flags:
            triaged(session, make_flag(session, site, "parts", f"reader-{reason}", target=target, reason=reason))
    shown = words_of(desk.get(f"{PATH}?cases={case_id}"))
    assert 0 < shown.find("in the reeds") < shown.find("The ferry is back.")


def test_images_of_each_are_at_hand(door: Door, desk: Desk) -> None:
    pictured = open_case(
        door, "pictured", images=(Image("https://a.example/1", "The bell"), Image("https://b.example/2"))
    )
    bare = open_case(door, "not-pictured")
    shown = desk.get(f"{PATH}?cases={pictured}.{bare}").text
    assert "<summary>2 images</summary>" in shown
    assert "The bell" in shown
    assert f'href="/console/cases/{pictured}/images/2?revision=1"' in shown
    assert shown.count("images</summary>") == 1
    assert "<img" not in shown


def test_cases_are_named_by_dots_or_by_turns(door: Door, desk: Desk) -> None:
    one, two = _cases(door, "named", 2)
    for query in (f"cases={one}.{two}", f"cases={one}&cases={two}"):
        assert desk.get(f"{PATH}?{query}").text.count("column-case") == 2


def test_at_most_fifty_are_shown(door: Door, desk: Desk) -> None:
    (one,) = _cases(door, "most", 1)
    before = ".".join(str(10**9 + number) for number in range(49))
    shown = desk.get(f"{PATH}?cases={before}.{one}")
    assert "49 of the cases asked for are not shown" in words_of(shown)
    assert desk.get(f"{PATH}?cases={before}.{10**9 + 49}.{one}").status_code == 404


def test_without_a_case_the_page_says_how_to_get_some(desk: Desk) -> None:
    assert "Tick cases in the queue" in words_of(desk.get(PATH))


def test_cases_of_other_sites_are_left_out(door: Door, sit: Sit) -> None:
    site = other_site(door, "bulk-away")
    theirs, ours = open_case(door, "theirs", site_id=site.id), open_case(door, "ours-only")
    shown = sit(Role.MODERATOR, site).get(f"{PATH}?cases={theirs}.{ours}")
    assert shown.text.count("column-case") == 1
    assert "About ours-only" not in shown.text


def test_those_that_are_ticked_are_decided_with_one_clause(door: Door, desk: Desk) -> None:
    one, two, three = _cases(door, "ticked")
    answer = desk.post(f"{PATH}?cases={one}.{two}.{three}", _form(door, [one, two], note="One hand"))
    assert _decided(door, [one, two, three]) == ["takedown", "takedown", None]
    made = last_decision(door, two)
    assert made is not None
    assert (made.clause, made.ground, made.note, made.parts) == ("3.4", "terms", "One hand", [])
    assert _results(answer).count("Taken down") == 2
    assert answer.text.count("column-case") == 1


def test_what_one_case_comes_to_does_not_depend_on_the_others(door: Door, desk: Desk, sit: Sit) -> None:
    moved, held, locked, free = _cases(door, "mixed", 4)
    colleague = sit()
    form = _form(door, [moved, held, locked, free])
    door.post(f"/v1/cases/{moved}/claim", door.moderator)
    escalated = door.post(f"/v1/cases/{moved}:escalate", door.moderator, {"note": "A lawyer"})  # leads to no next case
    assert escalated.status_code == 200
    colleague.post(f"/console/cases/{held}/claim")
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == locked).values(needs_role="admin"))
    told = _results(desk.post(PATH, form))
    assert _decided(door, [moved, held, locked, free]) == [None, None, None, "takedown"]
    for words in ("no longer what you looked at: Escalated", "holds this case", "waits for the role admin"):
        assert words in told


def test_sent_again_it_decides_nothing_anew_and_says_the_same(door: Door, desk: Desk) -> None:
    ids = _cases(door, "again", 2)
    form = _form(door, ids)
    first = _results(desk.post(PATH, form))
    versions = [look(door, case_id).version for case_id in ids]
    assert _results(desk.post(PATH, form)) == first
    assert [look(door, case_id).version for case_id in ids] == versions


def test_of_two_persons_the_first_proposes_and_sending_it_again_proposes_nothing_anew(door: Door, desk: Desk) -> None:
    (case_id,) = _cases(door, "two-persons-bulk", 1)
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
    form = _form(door, [case_id])
    for _ in range(2):
        assert "Proposed" in _results(desk.post(PATH, form))
    assert look(door, case_id).version == int(form["seen"][0].split(".")[1]) + 1
    assert _decided(door, [case_id]) == [None]


def test_what_a_colleague_proposed_is_shown_and_offered(door: Door, desk: Desk, sit: Sit) -> None:
    (case_id,) = _cases(door, "proposed-bulk", 1)
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
    desk.post(PATH, _form(door, [case_id]))
    second = sit()
    page = second.get(f"{PATH}?cases={case_id}")
    assert "proposes: Take down, 3.4 · terms of use" in words_of(page)
    assert 'value="3.4/terms" title="No scams' in page.text
    assert "Taken down" in _results(second.post(PATH, _form(door, [case_id])))
    assert _decided(door, [case_id]) == ["takedown"]


def test_no_clause_is_offered_that_says_something_else_on_another_site(door: Door, desk: Desk) -> None:
    here, there = open_case(door, "worded-here"), other_site(door, "worded-away")
    away = open_case(door, "worded-there", site_id=there.id)
    with door.services.database.transaction() as session:
        rewrite_clause(session, session.get_one(Site, there.id), "2.2", text="No attacks on bridges.")
        rewrite_clause(session, session.get_one(Site, there.id), "3.4", grounds=("law",))
    offered = desk.get(f"{PATH}?cases={here}.{away}").text
    assert 'value="3.2/terms"' in offered
    assert not re.findall(r'value="(?:2\.2|3\.4)/', offered)
    assert 'value="2.2/terms"' in desk.get(f"{PATH}?cases={here}").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seen": []}, "Tick the cases"),
        ({"seen": ["1.1"]}, "not one of ours"),
        ({"seen": [f"{number}.1.1" for number in range(51)]}, "So many cases"),
        ({"seen": ["1.1.²"]}, "not one of ours"),
        ({"action": "explode"}, "no such verdict"),
        ({"note": "x" * 5001}, "0 to 5000"),
    ],
)
def test_a_form_that_is_not_right_keeps_what_was_typed(
    door: Door, desk: Desk, wrong: dict[str, Any], said: str, request: pytest.FixtureRequest
) -> None:
    ids = _cases(door, f"wrong-form-{request.node.callspec.id}", 1)
    answer = desk.post(f"{PATH}?cases={ids[0]}", _form(door, ids, note="Kept") | wrong)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert 'value="3.4/terms" title="No scams' in answer.text
    assert f">{wrong.get('note', 'Kept')}</textarea>" in answer.text
    assert _decided(door, ids) == [None]


def test_a_takedown_without_a_clause_is_refused_case_by_case(door: Door, desk: Desk) -> None:
    ids = _cases(door, "no-clause", 2)
    told = _results(desk.post(PATH, _form(door, ids, cited="")))
    assert told.count("A takedown cites a clause of the policy") == 2
    assert _decided(door, ids) == [None, None]


def test_all_of_them_are_undone_at_once_and_held_again(door: Door, desk: Desk) -> None:
    ids = _cases(door, "undo-all", 2)
    desk.post(PATH, _form(door, ids))
    decided = [f"{case_id}.{made.id}" for case_id in ids if (made := last_decision(door, case_id))]
    told = _results(desk.post(f"{PATH}/undo", {"decided": decided}))
    assert told.count("Undone") == 2
    assert _decided(door, ids) == ["clear", "clear"]
    assert all(is_claimed(door, case_id) for case_id in ids)


def test_what_a_colleague_decided_is_not_undone(door: Door, desk: Desk, sit: Sit) -> None:
    (case_id,) = _cases(door, "not-mine", 1)
    desk.post(PATH, _form(door, [case_id]))
    made = last_decision(door, case_id)
    assert made is not None
    told = _results(sit().post(f"{PATH}/undo", {"decided": f"{case_id}.{made.id}"}))
    assert "A colleague decided this" in told
    assert _decided(door, [case_id]) == ["takedown"]


def test_more_than_the_policy_lets_one_person_take_down_are_proposed(make_door: MakeDoor) -> None:
    door = make_door()
    ids = _cases(door, "policy-bulk", 3)
    with door.services.database.transaction() as session:
        session.execute(update(PolicyVersion).values(second_over=1))
    assert _results(seat(door, "ada").post(PATH, _form(door, ids))).count("Proposed") == 3
    assert _decided(door, ids) == [None, None, None]


def test_a_case_leads_to_those_that_belong_with_it(door: Door, desk: Desk) -> None:
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        ids = []
        for name in ("series-1", "series-2"):
            make_article(session, site, name, make_content(category="SERIES", headline=name))
            ids.append(make_case(session, site, name, target=FERRY, reporter=f"the-one-{name}").id)
    page = desk.get(f"/console/cases/{ids[0]}")
    assert "1 case belongs with this one" in words_of(page)
    shown = words_of(desk.get(f"{PATH}?cases={ids[0]}.{ids[1]}&like={ids[0]}"))
    assert "1 flag quotes the same words" in shown
    assert "the same section, SERIES" in shown


def test_at_first_nothing_is_ticked_but_the_case_that_one_came_from(door: Door, desk: Desk) -> None:
    _, other, _ = ids = _cases(door, "alike")
    address = f"{PATH}?cases={'.'.join(map(str, ids))}"
    assert " checked" not in desk.get(address).text
    page = desk.get(f"{address}&like={other}").text
    assert re.findall(r'value="(\d+)[.\d]+" aria-labelledby="title-\d+" checked', page) == [str(other)]
    # All of them by a step of their own.
    assert page.count("data-free") == 3
