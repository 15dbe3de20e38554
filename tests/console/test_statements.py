"""How much the desk asks of the database: what a key costs grows only where somebody sees that it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.api.door import Door
from tests.console.cases import open_case, verdict
from tests.console.desk import Desk

SWAPS = {"HX-Request": "true", "HX-Request-Type": "full"}


@contextmanager
def _counted(door: Door) -> Iterator[list[str]]:
    """The statements that the service sends meanwhile."""
    sent: list[str] = []

    def note(*call: object) -> None:
        sent.append(str(call[2]))

    engine = door.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_case_page_takes_two_dozen_statements(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "one")
    with _counted(door) as sent:
        assert desk.get(f"/console/cases/{case_id}").status_code == 200
    assert len(sent) <= 23, sent


def test_a_verdict_with_the_next_case_claimed_takes_hardly_more(door: Door, desk: Desk) -> None:
    first = open_case(door, "one")
    second = open_case(door, "two")
    desk.post(f"/console/cases/{first}/claim")
    form = verdict(door, first) | {"csrf": desk.token("/console/account")}
    with _counted(door) as sent:
        answer = desk.client.post(f"/console/cases/{first}/decision", data=form)
    assert answer.headers["Location"] == f"/console/cases/{second}?decided={first}"
    assert len(sent) <= 28, sent  # two of them see that a verdict sent again claims no further case
    assert sum(one.startswith("SELECT proposals.") for one in sent) == 1


def test_a_script_gets_the_next_case_with_the_verdict_and_is_recognised_once(door: Door, desk: Desk) -> None:
    first = open_case(door, "three")
    second = open_case(door, "four")
    desk.post(f"/console/cases/{first}/claim")
    form = verdict(door, first) | {"csrf": desk.token("/console/account")}
    with _counted(door) as sent:
        answer = desk.client.post(f"/console/cases/{first}/decision", data=form, headers=SWAPS)
    assert answer.headers["HX-Push-Url"] == f"/console/cases/{second}?decided={first}"
    assert f'action="/console/cases/{second}/decision"' in answer.text
    assert f'action="/console/cases/{first}/undo"' in answer.text
    assert len(sent) <= 48, sent


def test_where_nothing_waits_a_script_is_sent_to_the_queue_which_says_so(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "five")
    form = verdict(door, case_id) | {"csrf": desk.token("/console/account")}
    answer = desk.client.post(f"/console/cases/{case_id}/decision", data=form, headers=SWAPS)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/console/queue?decided={case_id}"
    # What the tests before left over, if anything, is held.
    assert re.search("Nothing is (waiting|free for you)", desk.get(answer.headers["HX-Redirect"]).text)
