"""The form for flagging without a script: what it shows, what becomes of what is typed, and what it refuses."""

from __future__ import annotations

import itertools
import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation_service.intake.models import Flag, FlagContact, IdempotencyKey
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.live import article_of
from tests.widget.test_receipts import GERMAN

HEADLINE = "Ferry runs again"
FORM = {"reason": "misleading", "place": "part"}
_numbers = itertools.count()


@pytest.fixture
def article(door: Door) -> str:
    """An article of the test's own; its id."""
    name = f"form-{next(_numbers)}"
    door.put_article(name, article_of(HEADLINE, ["First.", "Second."]))
    return name


def address(article: str = "", **arguments: str) -> str:
    asked = ({"article": article} if article else {}) | arguments
    return f"/flag/courier?{urlencode(asked)}"


def show(door: Door, path: str, **headers: str) -> TestResponse:
    return door.get(path, door.nobody, **headers)


def send(door: Door, path: str, token: str = "", **typed: str) -> TestResponse:
    """Fill the form in as somebody would, and send it."""
    drawn = re.search(r'name="once" value="(\w+)"', show(door, path).text)
    assert drawn is not None
    return door.app.test_client().post(path, data=FORM | {"once": token or drawn[1]} | typed)


def flag_of(door: Door, answer: TestResponse) -> Flag:
    """The flag whose receipt an answer leads to."""
    assert answer.status_code == 303, answer.text
    receipt = re.search(r"/r/([0-9a-f-]{36})", answer.headers["Location"])
    assert receipt is not None
    with door.services.database.transaction() as session:
        return session.scalars(select(Flag).where(Flag.receipt == receipt[1])).one()


def lock_of(session: Session, flag: Flag) -> int:
    """What the request that made a flag held until it had ended: the lock named by its key's digest."""
    digest = session.scalars(select(IdempotencyKey.key_digest).where(IdempotencyKey.flag_id == flag.id)).one()
    return int.from_bytes(digest[:8], "big", signed=True)


def test_it_asks_what_the_dialog_asks_in_the_readers_language(door: Door, article: str) -> None:
    english, german = show(door, address(article)), show(door, address(article), **GERMAN)
    for words in (HEADLINE, "What is wrong?", "It is false or misleading", "It is read by the people who decide."):
        assert words in english.text
    for words in (HEADLINE, "Was stimmt nicht?", '<html lang="de">'):
        assert words in german.text


def test_it_is_nobodys_to_frame_to_keep_or_to_find(door: Door, article: str) -> None:
    headers = show(door, address(article)).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("private, no-cache", "noindex, nofollow")
    assert "Set-Cookie" not in headers


def test_sending_it_makes_a_flag_and_leads_to_its_receipt(door: Door, article: str) -> None:
    answer = send(door, address(article), why="Nobody was\r\nthere.", email="reader@courier.example")
    flag = flag_of(door, answer)
    assert (flag.reason, flag.comment, flag.part, flag.channel) == ("misleading", "Nobody was\nthere.", None, "form")
    assert show(door, answer.headers["Location"]).status_code == 200
    with door.services.database.transaction() as session:
        assert session.get_one(FlagContact, flag.id).email == "reader@courier.example"


@pytest.mark.parametrize(("place", "part"), [("part", "p2"), ("whole", None)])
def test_its_address_may_name_a_part(door: Door, article: str, place: str, part: str | None) -> None:
    path = address(article, part="p2")
    assert "Second." in show(door, path).text
    assert flag_of(door, send(door, path, place=place)).part == part


def test_a_part_that_the_article_does_not_have_is_not_offered(door: Door, article: str) -> None:
    path = address(article, part="p99")
    assert "This paragraph" not in show(door, path).text
    assert flag_of(door, send(door, path)).part is None


def test_words_copied_from_the_article_say_what_it_is_about(door: Door, article: str) -> None:
    flag = flag_of(door, send(door, address(article), words="  Second."))
    assert (flag.part, flag.quotation) == ("p2", {"exact": "Second."})


def test_what_was_taken_down_is_not_shown(door: Door) -> None:
    door.decided("form-gone")
    assert HEADLINE not in show(door, address("form-gone", part="p1")).text


def test_sent_twice_it_is_one_flag(door: Door, article: str) -> None:
    path = address(article)
    first, again = (flag_of(door, send(door, path, token=f"token-of-{article}", why="this")) for _ in range(2))
    assert first.receipt == again.receipt


def test_sent_again_with_other_words_it_is_still_the_first_flag_and_its_page_says_so(door: Door, article: str) -> None:
    first = flag_of(door, send(door, address(article), token=f"token-of-{article}", why="this"))
    for changed in ({"why": "that"}, {"why": "this", "words": "Second."}):
        answer = send(door, address(article), token=f"token-of-{article}", **changed)
        assert flag_of(door, answer).receipt == first.receipt
        receipt = show(door, answer.headers["Location"]).text
        assert "What you changed since was not sent." in receipt
        assert "this" in receipt
    assert "What you changed" not in show(door, f"/r/{first.receipt}").text
    with door.services.database.transaction() as session:
        assert session.scalar(select(func.count()).where(Flag.article_id == first.article_id)) == 1


def test_what_is_sent_while_the_first_still_runs_is_asked_for_again(door: Door, article: str) -> None:
    token = f"token-of-{article}"
    first = flag_of(door, send(door, address(article), token=token))
    with door.services.database.transaction() as session:
        session.execute(select(func.pg_advisory_xact_lock(lock_of(session, first))))
        answer = send(door, address(article), token=token, why="My very words.")
    assert answer.status_code == 409
    assert "This is being sent already." in answer.text
    assert "My very words." in answer.text
    assert token in answer.text


@pytest.mark.parametrize("form", ["", "/illegal"])
def test_a_page_of_another_site_sends_nothing_in_its_readers_name(door: Door, article: str, form: str) -> None:
    path, client = address(article).replace("?", f"{form}?"), door.app.test_client()
    typed = {"reason": "defamation" if form else "misleading", "why": "said in his name", "once": "f" * 32}
    answer = client.post(path, data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "nothing was sent" in answer.text
    assert "said in his name" in answer.text  # for a reader who wants to say so
    assert client.post(path, data=typed, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_two_readers_of_one_network_have_a_flag_each(door: Door, article: str) -> None:
    assert len({flag_of(door, send(door, address(article))).receipt for _ in range(2)}) == 2


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"reason": ""}, "reason", "Please choose or fill this in."),
        ({"reason": "because"}, "reason", "Please choose or fill this in."),
        ({"email": "nobody"}, "email", "cannot send mail to this address"),
        ({"email": "ü@x.example"}, "email", "cannot send mail to this address"),
        ({"why": "x" * 5001}, "why", "This is too long"),
        ({"why": "a\x00b"}, "why", "characters that cannot be taken"),
        ({"words": "x" * 5001}, "words", "This is too long"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    door: Door, article: str, typed: dict[str, str], field: str, words: str
) -> None:
    answer = send(door, address(article), **({"why": "My very words.", "email": "me@courier.example"} | typed))
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-fault">[^<]*{words}', answer.text)
    assert "My very words." in answer.text or "why" in typed
    assert typed.get("email", "me@courier.example") in answer.text


@pytest.mark.parametrize("path", ["/flag/nowhere", "/flag/nowhere?article=a", "/flag/No%20Site"])
def test_a_site_that_does_not_exist_is_told_in_words(door: Door, path: str) -> None:
    answer = show(door, path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "There is nothing at this address" in answer.text


def test_without_an_article_it_asks_for_the_pages_address(door: Door) -> None:
    path = address("unknown-to-us")
    assert 'name="url"' in show(door, path).text
    with door.services.database.transaction() as session:
        flag = flag_of(door, send(door, path, url="https://courier.example/new"))
        assert flag.site_id == door.newsroom.site_id
        assert session.get(Flag, flag.id) is not None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Please choose or fill this in."),
        ("courier.example/new", "Please give one full address"),
        ("https://elsewhere.example/new", "Only pages of Courier can be flagged here."),
        ("https://courier.example.evil.example/", "Only pages of Courier can be flagged here."),
        ("https://courier.example@evil.example/", "Only pages of Courier can be flagged here."),
    ],
)
def test_an_address_that_is_none_of_the_sites_is_refused_at_its_field(door: Door, url: str, words: str) -> None:
    answer = send(door, address(), url=url)
    assert answer.status_code == 422
    assert re.search(rf'id="url-fault">{words}', answer.text)


def test_an_article_that_the_site_has_not_sent_is_known_by_its_own_address(door: Door) -> None:
    path = address("to-come", url="https://courier.example/to-come", title="To come", part="p3")
    assert "To come" not in show(door, path).text  # whoever made the link wrote that
    assert flag_of(door, send(door, path)).part == "p3"


def test_a_link_cannot_bring_in_pages_of_others(door: Door) -> None:
    assert 'name="url"' in show(door, address("x", url="https://elsewhere.example/x")).text


def test_too_many_from_one_network_are_told_when_to_try_again(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_network="1/day")
    door.put_article("busy")
    answers = [send(door, address("busy"), why="My very words.") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 429]
    assert "Too many flags were sent from here." in answers[1].text
    assert "My very words." in answers[1].text
    assert int(answers[1].headers["Retry-After"]) > 0


def test_hostile_addresses_and_words_are_text(door: Door, article: str) -> None:
    path = address(article, part='"><script>', title="<script>", lang='"><script>')
    answer = send(door, path, reason="", why='</textarea><script>alert(1)</script>"', email='"><script>')
    assert "<script" not in answer.text
