"""The form for legal notices, and the page of a notice's receipt."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from moderation_service.intake.legal import flags_of
from moderation_service.intake.models import Flag, FlagContact, LegalNotice, LegalNoticeName
from tests.api.door import Door
from tests.widget.test_form import HEADLINE, address, article, send, show
from tests.widget.test_receipts import GERMAN

__all__ = ["article"]

NOTICE = {
    "reason": "defamation",
    "why": "No court has.",
    "name": "Ada Reader",
    "email": "ada@reader.example",
    "good_faith": "yes",
}


def illegal(name: str = "", **arguments: str) -> str:
    return address(name, **arguments).replace("/flag/courier", "/flag/courier/illegal")


def given(door: Door, path: str, **typed: str) -> str:
    """Fill the form in, send it, and follow to the receipt: its address."""
    answer = send(door, path, **(NOTICE | typed))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def notice_at(door: Door, receipt: str) -> tuple[LegalNotice, list[Flag]]:
    with door.services.database.transaction() as session:
        found = re.search(r"[0-9a-f-]{36}", receipt)
        assert found is not None
        notice = session.scalars(select(LegalNotice).where(LegalNotice.receipt == found[0])).one()
        return notice, list(flags_of(session, notice))


def test_it_asks_what_the_dialog_asks(door: Door, article: str) -> None:
    page = show(door, illegal(article)).text
    for words in (HEADLINE, "What makes it illegal?", "It supports terrorism", "I believe in good faith"):
        assert words in page


def test_each_form_leads_to_the_other_about_the_same(door: Door, article: str) -> None:
    path = address(article, part="p2")
    (there,) = re.findall(r'href="([^"]+)">This is illegal', show(door, path).text)
    assert there.replace("&amp;", "&") == illegal(article, part="p2")
    assert f'href="{path.replace("&", "&amp;")}">Something else' in show(door, illegal(article, part="p2")).text


def test_sending_it_files_a_notice_about_each_address(door: Door, article: str) -> None:
    path = illegal(article, part="p2")
    receipt = given(door, path, urls="https://courier.example/copy\r\nhttps://courier.example/again")
    notice, flags = notice_at(door, receipt)
    assert (notice.good_faith, notice.missing, len(flags)) == (True, [], 3)
    assert {flag.part for flag in flags} == {"p2", None}
    assert {flag.comment for flag in flags} == {"No court has."}


def test_sent_again_with_another_explanation_it_is_still_the_first_notice_and_its_page_says_so(
    door: Door, article: str
) -> None:
    token = f"token-of-{article}"
    first = given(door, illegal(article), token=token)
    changed = given(door, illegal(article), token=token, why="No court ever will.")
    assert notice_at(door, changed)[0].receipt == notice_at(door, first)[0].receipt
    assert "What you changed since was not sent." in show(door, changed).text
    assert "What you changed" not in show(door, first).text
    assert {flag.comment for flag in notice_at(door, changed)[1]} == {"No court has."}


def test_what_is_left_out_keeps_nothing_from_being_sent(door: Door, article: str) -> None:
    receipt = given(door, illegal(article), why="", name="", email="", good_faith="")
    notice, _ = notice_at(door, receipt)
    assert notice.missing == ["explanation", "name", "email", "good_faith"]
    assert "It leaves out some of what the Digital Services Act asks for: why it is illegal" in show(door, receipt).text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"reason": ""}, "reason", "Please choose or fill this in."),
        ({"reason": "misleading"}, "reason", "Please choose or fill this in."),
        (
            {"urls": "https://courier.example/a\ncourier.example"},
            "urls",
            "Line 2 is no full address: “courier.example”",
        ),
        (
            {"urls": "https://elsewhere.example/a"},
            "urls",
            "Line 1 is no page of Courier: “https://elsewhere.example/a”",
        ),
        ({"urls": "\n".join(f"https://courier.example/{n}" for n in range(50))}, "urls", "This is too long"),
        ({"email": "nobody"}, "email", "cannot send mail"),
        ({"name": "x" * 201}, "name", "This is too long"),
        ({"why": "x" * 5001}, "why", "This is too long"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    door: Door, article: str, typed: dict[str, str], field: str, words: str
) -> None:
    answer = send(door, illegal(article), **(NOTICE | typed))
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-fault">[^<]*{words}', answer.text)
    assert "Ada Reader" in answer.text or field == "name"


def test_sent_twice_it_is_one_notice(door: Door, article: str) -> None:
    assert len({given(door, illegal(article), token="one-token") for _ in range(2)}) == 1


def test_its_receipt_tells_where_each_item_stands(door: Door, article: str) -> None:
    receipt = given(door, illegal(article), urls="https://courier.example/copy")
    english, german = show(door, receipt).text, show(door, receipt, **GERMAN).text
    for words in (
        "Your legal notice",
        HEADLINE,
        "https://courier.example/copy",
        "It says something false",
        "We have your notice",
        "No court has.",
    ):
        assert words in english
    assert "Ihre rechtliche Meldung" in german
    for _, flag in enumerate(notice_at(door, receipt)[1]):
        assert f"/r/{flag.receipt}" in english


def test_its_receipt_tells_addresses_apart_in_the_order_given(door: Door, article: str) -> None:
    urls = [f"https://courier.example/{article}/{name}" for name in ("c", "b", "a")]
    receipt = given(door, illegal(article), urls="\r\n".join(urls))
    listed = show(door, receipt).text.partition("<ol")[2]
    assert re.findall(r'<a href="[^"]*"><span[^>]*>([^<]*)', listed) == [HEADLINE, *urls]
    first, *_, last = notice_at(door, receipt)[1]
    assert f">{urls[-1]}</span></a>" in show(door, f"/r/{last.receipt}").text
    assert "place 1 of 4" in show(door, f"/r/{first.receipt}").text


def test_an_address_that_another_reader_gave_names_no_article(door: Door) -> None:
    theirs = "https://courier.example/what-another-says"
    door.flag("named-by-readers", "another", article={"external_id": "named-by-readers", "url": theirs})
    receipt = given(door, illegal("named-by-readers"))
    (item,) = notice_at(door, receipt)[1]
    assert ">an article</a>" in show(door, receipt).text
    assert ">this article</a>" in show(door, f"/r/{item.receipt}").text


def test_an_item_of_a_notice_is_called_a_notice(door: Door, article: str) -> None:
    receipt = given(door, illegal(article))
    (item,) = notice_at(door, receipt)[1]
    for path in (f"/r/{item.receipt}", f"/r/{item.receipt}/withdraw"):
        words = re.sub(r"<[^>]*>", " ", show(door, path).text.partition("<main")[2])
        assert "notice" in words
        assert re.search(r"\bflag\b", words) is None


def test_who_gave_it_is_forgotten_from_its_receipt(door: Door, article: str) -> None:
    receipt = given(door, illegal(article))
    assert "Erase your name and e-mail address?" in show(door, f"{receipt}/erase-notifier").text
    answer = door.post(f"{receipt}/erase-notifier", door.nobody)
    told = show(door, answer.headers["Location"]).text
    assert "Your name and your e-mail address were erased." in told
    assert "What you said of yourself was erased." in told
    notice, (flag,) = notice_at(door, receipt)
    with door.services.database.transaction() as session:
        kept: list[Any] = [session.get_one(LegalNoticeName, notice.id), session.get_one(FlagContact, flag.id)]
    assert (kept[0].name, kept[1].email) == (None, None)


def test_a_flags_receipt_is_no_legal_notices(door: Door, article: str) -> None:
    receipt = door.flag(article).get_json()["receipt"]
    assert show(door, f"/r/{receipt}/erase-notifier").status_code == 404


TOO_LONG = "https://courier.example/" + "".join(chr(0x4E00 + 7 * n) for n in range(900))


def test_an_address_too_long_is_said_at_its_field_and_what_was_typed_stays(door: Door, article: str) -> None:
    typed = send(door, illegal(), **NOTICE, url=TOO_LONG)
    listed = send(door, illegal(article), **NOTICE, urls=TOO_LONG)
    linked = send(door, illegal(url=TOO_LONG), **NOTICE)
    for answer in (typed, listed, linked):
        assert answer.status_code == 422
        assert NOTICE["why"] in answer.text
    assert "Please give one full address" in typed.text
    assert "Line 1 is no full address" in listed.text
