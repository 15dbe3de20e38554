"""A play against the service on a port: everything arrives once, whatever goes wrong on the way."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from moderation_service.demo.readers.access import Access
from moderation_service.demo.readers.browser import Browser
from moderation_service.demo.readers.doors import AgainError, Doors
from moderation_service.demo.readers.events import Event, Flag, Kind, Quote, Reader, View, Withdrawal
from moderation_service.demo.readers.playing import Player
from moderation_service.demo.readers.tally import Tally
from moderation_service.demo.readers.watching import Watch
from moderation_service.sites import people
from tests.api.door import Door
from tests.demo.conftest import door
from tests.live import ORIGIN, article_of
from tests.served import Served

__all__ = ["door"]

NEVER = "http://127.0.0.1:1"  # nobody listens there
PASSWORD = "a password of the demo"


@pytest.fixture
def served(door: Door) -> Iterator[Served]:
    with contextlib.closing(Served(door)) as served:
        yield served


@pytest.fixture
def access(served: Served) -> Access:
    newsroom = served.door.newsroom
    return Access(
        service=served.address,
        newsroom=NEVER,
        origin=ORIGIN,
        site="courier",
        publishable_key=newsroom.publishable_key,
        secret_key=newsroom.secret_key,
        moderator="m1",
        password=None,
    )


def flag_on(article: str, number: int = 1, **changes: object) -> Flag:
    reader = Reader(f"reader-{number}", timedelta(days=300))
    flag = Flag(
        at=0, number=number, kind=Kind.HONEST, reader=reader, article=article, on_bad=True, reason="scam", part="p2"
    )
    return replace(flag, **changes)  # type: ignore[arg-type]


def played(
    access: Access, events: Sequence[Event], *, meanwhile: Callable[[], None] = lambda: None, sees: bool = True
) -> Tally:
    """What was counted when these events were played, a hundred times as fast as they were planned."""
    began = time.monotonic()

    def now() -> float:
        return time.monotonic() - began

    tally = Tally(now)
    doors = Doors(access, tally, run=f"run-{began}", began=datetime.now(UTC))
    player = Player(events, doors, tally, pace=100, now=now, seen=lambda _: sees)
    helper = threading.Thread(target=meanwhile)
    helper.start()
    with contextlib.closing(doors):
        player.play()
    helper.join()
    return tally


def recorded(door: Door, article: str) -> int:
    """The flags of an article that stand, once triage has seen them."""
    door.work()
    rows = door.get("/v1/cases?limit=100", door.moderator).get_json()["cases"]
    return sum(row["flags"] for row in rows if row["article"]["external_id"] == article)


def test_every_flag_arrives_once_however_often_the_button_is_pressed(access: Access, door: Door) -> None:
    door.put_article("pressed", article_of())
    events = [flag_on("pressed", number, at=number, clicks=1 + number % 2) for number in range(1, 21)]
    counts = played(access, events).counts().total
    assert (counts["flags"], counts["honest"], counts["repeats"]) == (20, 20, 10)
    assert recorded(door, "pressed") == 20
    assert "counted twice" not in counts


def test_a_flag_that_is_taken_back_does_not_stand(access: Access, door: Door) -> None:
    door.put_article("withdrawn", article_of())
    events: list[Event] = [flag_on("withdrawn", 1), flag_on("withdrawn", 2), Withdrawal(at=1, flag=1)]
    assert played(access, events).counts().total["withdrawn"] == 1
    assert recorded(door, "withdrawn") == 1


def test_a_flag_that_cannot_be_taken_back_is_not_counted_as_taken_back(access: Access, served: Served) -> None:
    served.door.put_article("kept-flag", article_of())
    served.instead = [None, 404]
    counts = played(access, [flag_on("kept-flag"), Withdrawal(at=50, flag=1)]).counts().total
    assert (counts["flags"], counts["refused"], counts.get("withdrawn", 0)) == (1, 1, 0)


def test_what_was_recorded_and_not_answered_is_sent_again_and_counted_once(access: Access, served: Served) -> None:
    served.door.put_article("unanswered", article_of())
    served.instead = [503, 502]
    counts = played(access, [flag_on("unanswered", n) for n in (1, 2, 3)]).counts().total
    assert (counts["tried again"], counts["flags"]) == (2, 3)
    assert recorded(served.door, "unanswered") == 3


def test_who_is_refused_a_connection_comes_again(access: Access, door: Door) -> None:
    door.put_article("refused", article_of())
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    late: list[Served] = []

    def open_late() -> None:
        time.sleep(0.3)
        late.append(Served(door, port))

    away = replace(access, service=f"http://127.0.0.1:{port}")
    counts = played(away, [flag_on("refused", 1), flag_on("refused", 2)], meanwhile=open_late).counts().total
    late[0].close()
    assert counts["flags"] == 2
    assert counts["tried again"] >= 2
    assert recorded(door, "refused") == 2


def test_who_comes_too_often_waits_as_long_as_he_is_asked_to(access: Access, served: Served) -> None:
    served.instead = [429]
    doors = Doors(access, Tally(lambda: 0.0), run="run", began=datetime.now(UTC))
    with contextlib.closing(doors), pytest.raises(AgainError, match="less often") as again:
        doors.flag(flag_on("often"), 0)
    assert again.value.seconds > 1


def test_quoted_words_are_sent_with_their_part(access: Access, door: Door) -> None:
    door.put_article("quoted", article_of())
    assert played(access, [flag_on("quoted", quote=Quote("econd", "S", "."))]).counts().total["flags"] == 1
    case = door.case_of("quoted", "another")
    told = door.get(f"/v1/cases/{case['id']}/flags", door.moderator).get_json()["flags"][0]
    assert (told["part"], told["quotation"]["exact"]) == ("p2", "econd")


def test_nobody_flags_what_is_gone(access: Access, served: Served) -> None:
    before = len(served.asked)
    counts = played(access, [flag_on("gone"), Withdrawal(at=1, flag=1)], sees=False).counts().total
    assert counts == {"found it gone": 1}
    assert len(served.asked) == before


def test_a_newsroom_that_is_away_is_not_waited_for(access: Access) -> None:
    assert played(access, [View(at=0, article="any")]).counts().total == {"views failed": 1}


def test_the_queue_is_seen_by_who_has_the_moderator_s_password(access: Access, door: Door) -> None:
    door.case_of("savings-club-doubles")
    with door.services.database.transaction() as session:
        person = people.moderator_by_name(session, "m1")
        people.set_password(session, person, PASSWORD, actor="test", temporary=False)
    watch = watching(replace(access, password=PASSWORD))
    watch.look()
    watch.leave()
    assert [(case.article, case.bad) for case in watch.seen.queue or ()] == [("savings-club-doubles", True)]


@pytest.mark.parametrize("password", [None, "another"])
def test_without_it_the_rest_is_seen(access: Access, door: Door, password: str | None) -> None:
    door.put_article("hedge-row", article_of())
    watch = watching(replace(access, password=password))
    watch.look()
    assert watch.seen.queue is None
    assert watch.seen.states["hedge-row"] == "visible"


def test_what_was_taken_down_is_not_flagged_any_more(access: Access, door: Door) -> None:
    watch = watching(access)
    door.put_article("letter-doctor", article_of())
    watch.look()
    assert watch.may_flag(flag_on("letter-doctor"))
    door.decided("letter-doctor")
    watch.look()
    assert not watch.may_flag(flag_on("letter-doctor"))
    assert "letter-doctor" in watch.seen.gone


def test_a_service_that_is_away_is_said_to_be(access: Access) -> None:
    watch = watching(replace(access, service=NEVER))
    watch.look()
    assert watch.seen.away


def watching(access: Access) -> Watch:
    return Watch(access, Tally(lambda: 0.0), now=lambda: 0.0, besieged=())


def test_a_connection_that_was_shut_meanwhile_is_made_anew() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_twice() -> None:
            for _ in range(2):
                with server.accept()[0] as connection:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        helper = threading.Thread(target=answer_twice)
        helper.start()
        with contextlib.closing(Browser(f"http://127.0.0.1:{server.getsockname()[1]}")) as browser:
            assert [browser.ask("GET", "/").status for _ in range(2)] == [200, 200]
        helper.join()
