"""How letters are ended: about one flag, from one site for ever, with an address, and when there are too many."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from moderation_service.audit.models import AuditEntry
from moderation_service.intake.models import Flag, FlagContact
from moderation_service.notifications.letters.addresses import mailbox
from moderation_service.notifications.models import Notice, RefusedAddress
from tests.notifications.letters.conftest import EVE, Post, link
from tests.notifications.sinks import Letter

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_a_letter_says_how_to_end_it_in_one_click(post: Post) -> None:
    post.flag()
    (letter,) = post.work()
    assert letter.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # As it travels: encoded, as long words are otherwise, it is nothing that programs look at.
    assert f"\r\nList-Unsubscribe: <{link(letter)}>\r\n".encode() in letter.raw


def test_one_click_ends_it_at_once_and_twice_is_the_same(post: Post) -> None:
    post.flag()
    (letter,) = post.work()
    for _ in range(2):
        answer = post.open(letter.mail["List-Unsubscribe"].strip("<>"), "POST", **ONE_CLICK)
        assert (answer.status_code, "You get no more e-mail about this" in answer.text) == (200, True)
    post.decide("clear")
    assert post.work() == []


def test_one_click_ends_all_letters_about_a_legal_notice(post: Post) -> None:
    post.door.put_article("elsewhere")
    items = [{"article": {"external_id": name}} for name in ("elsewhere", post.article)]
    told = {"reason": "hate", "explanation": "It is.", "email": EVE, "good_faith": True, "items": items}
    post.door.post("/v1/legal-notices", post.door.reader, told)
    (letter,) = post.work()
    post.open(link(letter), "POST", **ONE_CLICK)
    post.decide("clear")
    assert post.work() == []


def letter_about_two(post: Post) -> tuple[str, Letter]:
    """The letter about two flags of one address, which is erased with the first; that one's receipt."""
    first, _ = (post.flag(target={"kind": "part", "part": part}) for part in ("p1", "p2"))
    (letter,) = post.work()
    assert f"/r/{first}/" in link(letter)
    post.open(f"/r/{first}/erase-email", "POST")
    return first, letter


def test_one_click_ends_letters_about_the_flags_that_still_have_the_address(post: Post) -> None:
    _, letter = letter_about_two(post)
    assert "No more e-mail about this?" in post.open(link(letter)).text
    assert "You get no more e-mail about this" in post.open(link(letter), "POST", **ONE_CLICK).text
    post.decide("clear")
    assert post.work() == []


def test_never_again_is_taken_from_a_letter_about_flags_that_still_have_the_address(post: Post) -> None:
    _, letter = letter_about_two(post)
    done = post.open(link(letter).replace("?", "/never?"), "POST").headers["Location"]
    assert "you get no e-mail about flags from Courier ever again" in post.open(done).text
    assert post.recipients() == []
    post.decide("clear")
    assert post.work() == []


def test_the_page_of_a_letter_leads_on_by_its_own_link(post: Post) -> None:
    first, letter = letter_about_two(post)
    assert post.open(link(letter)).text.count(f"/r/{first}/mail/") == 2


def test_letters_to_one_address_are_stopped_and_not_those_to_another(post: Post) -> None:
    receipt = post.flag()
    (letter,) = post.work()
    post.open(link(letter), "POST", **ONE_CLICK)
    assert "has stopped letters about this" in post.open(f"/r/{receipt}").text
    post.open(f"/r/{receipt}/erase-email", "POST")
    assert post.flag(email="other@mail.example") == receipt
    assert "only to tell you what comes of it" in post.open(f"/r/{receipt}").text
    assert [letter.recipients for letter in post.work()] == [["other@mail.example"]]


@pytest.mark.parametrize("spelt", [EVE, "Eve+again@mail.example"])
def test_an_address_stays_stopped_though_it_is_erased_and_given_once_more(post: Post, spelt: str) -> None:
    receipt = post.flag()
    (letter,) = post.work()
    post.open(link(letter), "POST", **ONE_CLICK)
    post.open(f"/r/{receipt}/erase-email", "POST")
    assert post.flag(email=spelt) == receipt
    assert post.work() == []
    assert "has stopped letters about this" in post.open(f"/r/{receipt}").text
    post.decide("clear")
    assert post.work() == []


def test_an_address_stays_stopped_where_it_was_erased_before_it_was_stopped(post: Post) -> None:
    first, letter = letter_about_two(post)
    post.open(link(letter), "POST", **ONE_CLICK)
    assert post.flag(target={"kind": "part", "part": "p1"}) == first
    assert post.work() == []


def test_opening_the_link_only_asks(post: Post) -> None:
    post.flag()
    (letter,) = post.work()
    assert "No more e-mail about this?" in post.open(link(letter)).text
    post.decide("clear")
    assert len(post.work()) == 1


def test_who_has_the_receipt_alone_ends_no_letters(post: Post) -> None:
    receipt = post.flag()
    (letter,) = post.work()
    for path in (f"/r/{receipt}/mail/{'0' * 32}", f"/r/{receipt}/mail/", link(letter)[:-12]):
        assert post.open(path, "POST").status_code == 404


def test_never_again_erases_the_address_wherever_the_site_keeps_it(post: Post) -> None:
    post.flag()
    (letter,) = post.work()
    receipts = [post.flag("other", "EVE+news@mail.example"), post.flag("third", "evelyn@mail.example")]
    post.open(link(letter).replace("?", "/never?"), "POST")
    with post.door.services.database.transaction() as session:
        kept = select(FlagContact.email).join(Flag, Flag.id == FlagContact.flag_id).order_by(Flag.id)
        assert session.scalars(kept.where(Flag.receipt.in_(receipts))).all() == [None, "evelyn@mail.example"]
    assert [letter.recipients for letter in post.work()] == [["evelyn@mail.example"]]


def test_never_again_holds_for_flags_to_come_and_keeps_no_address(post: Post) -> None:
    receipts = [post.flag()]
    (letter,) = post.work()
    never = link(letter).replace("?", "/never?")
    done, again = (post.open(never, "POST").headers["Location"] for _ in range(2))
    assert "you get no e-mail about flags from Courier ever again" in post.open(done).text
    assert "No address is kept" in post.open(again).text
    assert "No address is kept" in post.open(link(letter)).text
    receipts.append(post.flag("somebody else", "Eve+joke@mail.example"))
    assert post.work() == []
    with post.door.services.database.transaction() as session:
        kept = select(FlagContact.email).join(Flag, Flag.id == FlagContact.flag_id)
        assert session.scalars(kept.where(Flag.receipt.in_(receipts))).all() == [None, None]
        assert session.scalars(select(Notice.id)).all() == []
        assert all(EVE.encode() not in address for address in session.scalars(select(RefusedAddress.address)))


def test_a_letter_on_its_way_to_who_has_refused_meanwhile_is_not_sent(post: Post) -> None:
    post.flag()
    (first,) = post.work()
    post.sink.answers["CONNECT"] = "421 not now"
    post.flag("another", target={"kind": "part", "part": "p1"})
    post.work()
    post.open(link(first).replace("?", "/never?"), "POST")
    del post.sink.answers["CONNECT"]
    post.make_due()
    assert post.work() == []


def test_erasing_an_address_takes_it_out_of_the_outbox_too(post: Post) -> None:
    receipt, other = post.flag(), post.flag(target={"kind": "part", "part": "p1"})
    post.work()
    post.flag("another", "ada@mail.example")
    post.work()
    post.open(f"/r/{receipt}/erase-email", "POST")
    assert post.recipients() == [EVE, "ada@mail.example"]  # the letter was about another flag of hers too
    post.open(f"/r/{other}/erase-email", "POST")
    assert post.recipients() == ["ada@mail.example"]
    with post.door.services.database.transaction() as session:
        told = session.scalars(
            select(AuditEntry.detail)
            .where(AuditEntry.action == "flag.email_erased")
            .order_by(AuditEntry.id.desc())
            .limit(2)
        ).all()
    assert told == [{}, {}]


def test_an_address_spelt_in_two_ways_is_erased_in_both(post: Post) -> None:
    receipts = [post.flag(email=EVE), post.flag(email=EVE.upper(), target={"kind": "part", "part": "p1"})]
    post.work()
    for receipt in receipts:
        post.open(f"/r/{receipt}/erase-email", "POST")
    assert post.recipients() == []


@pytest.mark.parametrize("erasing", [False, True])
def test_no_address_is_bombed(post: Post, erasing: bool) -> None:
    post.settings = post.settings.replace(reader_mails_per_hour=2)
    for number in range(4):
        receipt = post.flag(f"reader-{number}", f"eve+{number}@mail.example")
        post.work()
        if erasing:
            post.open(f"/r/{receipt}/erase-email", "POST")
    assert len(post.sink.letters) == 2
    assert "Your flag is in review" in post.open(f"/r/{receipt}").text


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("Eve@Mail.example", "eve@mail.example"),
        ("eve+news@mail.example", "eve@mail.example"),
        ("+@mail.example", "+@mail.example"),
    ],
)
def test_spellings_of_a_mailbox_are_one(address: str, owner: str) -> None:
    assert mailbox(address) == owner
