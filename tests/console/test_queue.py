"""The queue page: its rows, its filters in the address, and what changes on it."""

from __future__ import annotations

import random
import re

import pytest
from sqlalchemy import event

from moderation_service import pipeline
from moderation_service.articles.content import HEADLINE_MAX
from moderation_service.cases.models import Case
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.queries import worklist
from moderation_service.sites.models import Site
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.console.cases import is_claimed, look, open_case, other_site, verdict, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, seat
from tests.factories import make_decision, make_moderator, make_policy
from tests.servers import needs_letters


def _found(desk: Desk, query: str) -> str:
    answer = desk.get(f"/console/queue?{query}")
    assert answer.status_code == 200, answer.text
    return words_of(answer)


def _about(door: Door, desk: Desk, headline: str) -> str:
    """The row of the case with that headline."""
    rows = desk.get("/console/queue").text.split('<li class="card case')
    return next(row for row in rows if headline in row)


def test_a_row_says_what_why_how_many_and_since_when(door: Door, desk: Desk) -> None:
    open_case(door, "row", headline="A heron at the lock")
    row = _about(door, desk, "A heron at the lock")
    for words in ("LOCAL", "Misleading", "1 flag", "1 reader", "open for", "likely to be upheld", "<polyline"):
        assert words in row


def test_a_row_says_who_holds_the_case(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "held", headline="A held heron")
    sit().post(f"/console/cases/{case_id}/claim")
    assert re.search(rf'id="held-{case_id}".*Held by <bdi>Person-', _about(door, desk, "A held heron"))
    desk.post(f"/console/cases/{case_id}/claim")
    assert "A held heron" not in _found(desk, "held=free")


def test_the_page_asks_the_database_nine_times_however_many_cases_it_shows(door: Door, desk: Desk) -> None:
    for number in range(3):
        open_case(door, f"asked-{number}", headline="A counted heron")
    desk.get("/console/queue")  # which notes that the session is in use
    asked: list[str] = []
    event.listen(door.services.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert desk.get("/console/queue").text.count("A counted heron") == 3
    assert len(asked) == 9, asked


def test_filters_stand_in_the_address(door: Door, desk: Desk) -> None:
    open_case(door, "lies", headline="One that misleads")
    open_case(door, "spam", headline="One that sells", reason="spam")
    shown = _found(desk, "reason=spam")
    assert "One that sells" in shown
    assert "One that misleads" not in shown


@needs_letters
@pytest.mark.parametrize("words", ["ÜBER", "über die ä"])
def test_a_search_finds_letters_of_any_language_whatever_their_case(door: Door, desk: Desk, words: str) -> None:
    headline = f"Über die Ärzte {words}"
    open_case(door, f"umlaut-{words}", headline=headline)
    assert headline in _found(desk, f"search={words}")


def test_a_search_finds_words_of_a_headline(door: Door, desk: Desk) -> None:
    open_case(door, "comet", headline="The quiet comet")
    open_case(door, "flood", headline="The loud flood")
    shown = _found(desk, "search=QUIET")
    assert "The quiet comet" in shown
    assert "The loud flood" not in shown


def test_what_is_not_among_the_cases_looked_through_is_looked_for_further(
    door: Door, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "LOOKED_MOST", 1)
    open_case(door, "owl", headline="The quiet owl")
    shown = desk.get("/console/queue?search=nowhere")
    assert "No case fits so far." in shown.text
    further = re.search(r'rel="next" href="([^"]+)"', shown.text)
    assert further is not None
    assert desk.get(further[1].replace("&amp;", "&")).status_code == 200


def test_closed_cases_are_shown_when_asked_for(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "closed", headline="A closed heron")
    with door.services.database.transaction() as session:
        person = make_moderator(session, "closer")
        pipeline.claim(session, case_id, person, door.settings)
        make_decision(session, look(door, case_id), person, Action.CLEAR)
    assert "A closed heron" not in _found(desk, "")
    assert "A closed heron" in _found(desk, "state=closed")


def test_a_choice_that_there_is_not_filters_nothing(door: Door, desk: Desk) -> None:
    open_case(door, "choice", headline="A chosen heron")
    assert "A chosen heron" in _found(desk, "reason=%27;--&state=ajar&held=7")


@pytest.mark.parametrize(("search", "status"), [("%01", 400), ("x" * 201, 422)])
def test_an_address_that_is_none_of_ours_is_answered_by_a_page(desk: Desk, search: str, status: int) -> None:
    answer = desk.get(f"/console/queue?search={search}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")


def test_cases_of_other_sites_are_neither_shown_nor_told(door: Door) -> None:
    case_id = open_case(door, "foreign", headline="A foreign heron")
    theirs = seat(door, "their-own", Role.ADMIN, other_site(door, "gazette"))
    assert "A foreign heron" not in _found(theirs, "")
    assert f"counts-{case_id}" not in theirs.get(f"/console/queue/live?ids={case_id}&after=0").text
    assert theirs.get("/console/queue?site=courier").status_code == 404


def test_the_pulse_tells_of_claims_and_new_cases(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "pulse")
    path = f"/console/queue/live?ids={case_id}&after={case_id}"
    assert "Held by" not in desk.get(path).text
    sit().post(f"/console/cases/{case_id}/claim")
    open_case(door, "pulse-2")
    told = words_of(desk.get(path))
    assert "Held by Person-" in told
    assert "1 new" in told


def test_an_unchanged_pulse_has_no_body(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "still")
    path = f"/console/queue/live?ids={case_id}&after={case_id}"
    first = desk.get(path)
    again = desk.get(path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_pulse_reads_any_address(desk: Desk) -> None:
    for query in ("", "ids=x..9999999999999999999&after=-1", "ids=1.2&after=%C2%B2"):
        assert desk.get(f"/console/queue/live?{query}").status_code == 200


def test_the_next_case_is_claimed_and_opened(make_door: MakeDoor) -> None:
    door = make_door()
    case_id = open_case(door, "next")
    answer = seat(door, "ada").post("/console/next")
    assert (answer.status_code, answer.location) == (303, f"/console/cases/{case_id}")
    assert is_claimed(door, case_id)


def test_where_nothing_waits_the_queue_says_so(make_door: MakeDoor) -> None:
    desk = seat(make_door(), "ada")
    answer = desk.post("/console/next")
    assert answer.location == "/console/queue"
    assert "Nothing is waiting." in words_of(desk.get(answer.location))


def test_where_what_waits_is_not_for_him_it_says_why(make_door: MakeDoor) -> None:
    door = make_door()
    with door.services.database.transaction() as session:
        make_policy(session, session.get_one(Site, door.newsroom.site_id), second_for_editorial=True)
    desk, other = seat(door, "ada"), seat(door, "bob")
    held, own, proposed, skipped, senior = (open_case(door, name) for name in ("held", "own", "prop", "skip", "senior"))
    with door.services.database.transaction() as session:
        session.get_one(Case, senior).needs_role = "senior"
    other.post(f"/console/cases/{held}/claim")
    for case_id in (own, skipped):
        desk.post(f"/console/cases/{case_id}/claim")
    desk.post(f"/console/cases/{proposed}/decision", verdict(door, proposed, "takedown"))
    answer = desk.post(f"/console/cases/{skipped}/skip", {"words": "I know the author"})
    said = words_of(desk.get(answer.location))
    assert "Nothing is waiting." not in said
    assert (
        "Nothing is free for you: 1 that you proposed waits for a second person, 1 is held by others, "
        "you hold 1 yourself, you skipped 1 lately, 1 takes a higher role."
    ) in said


@pytest.mark.parametrize(("draw", "place"), [(0.01, "second"), (0.9, "first")])
def test_the_oldest_case_is_said_to_be_given_as_the_oldest(
    make_door: MakeDoor, monkeypatch: pytest.MonkeyPatch, draw: float, place: str
) -> None:
    door = make_door()
    cases = {"second": open_case(door, "second"), "first": open_case(door, "first", reason="danger_to_life")}
    monkeypatch.setattr(random, "random", lambda: draw)
    desk = seat(door, "ada")
    answer = desk.post("/console/next")
    assert answer.location == f"/console/cases/{cases[place]}"
    assert ("the oldest case that is free" in words_of(desk.get(answer.location))) == (place == "second")


def test_a_row_says_that_a_second_person_is_waited_for(door: Door, sit: Sit) -> None:
    case_id, desk = open_case(door, "proposed", headline="Proposed by one"), sit()
    with door.services.database.transaction() as session:
        session.get_one(Case, case_id).needs_second = True
    assert "takes two persons" in _about(door, desk, "Proposed by one")
    sit().post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown"))
    assert "proposed; waits for a second person" in _about(door, desk, "Proposed by one")


def test_a_row_tells_the_last_decision_of_several(make_door: MakeDoor) -> None:
    door = make_door()
    desk, case_id = seat(door, "ada"), open_case(door, "twice")
    for action in ("takedown", "clear"):
        desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, action))
    said = words_of(desk.get("/console/queue?state=closed"))
    assert re.search(r"Cleared [^·]* · the last of 2 decisions", said)


def test_pages_follow_one_another(make_door: MakeDoor) -> None:
    door = make_door()
    for number in range(26):
        open_case(door, f"case-{number}")
    desk = seat(door, "ada")
    first = desk.get("/console/queue")
    after = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert after is not None
    second = desk.get(after[1].replace("&amp;", "&"))
    assert (first.text.count("card case"), second.text.count("card case")) == (25, 1)


def test_a_hostile_headline_is_text(door: Door, desk: Desk) -> None:
    open_case(door, "hostile", headline="<script>alert(1)</script>" + "\u202e" * (HEADLINE_MAX - 25))
    shown = desk.get("/console/queue").text
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


def test_a_guest_is_sent_to_the_sign_in(guest: Desk) -> None:
    assert guest.get("/console/queue").status_code == 303
