"""The case page: the article and its flags as text, what changed, who is at it, and where the store stands."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import update

from moderation_service.cases import claims
from moderation_service.cases.models import Case
from moderation_service.enforcement.models import Order
from moderation_service.enforcement.service import order_of
from moderation_service.intake.submission import Target, Via
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.console.cases import look, open_case, other_site, verdict, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, seat
from tests.factories import make_article, make_case, make_content, make_decision, make_moderator, settle

HOSTILE = '<img src=x onerror="alert(1)"><a href="javascript:alert(2)">here</a>\u202e'


def _case(door: Door, name: str, *paragraphs: str, **flag: object) -> int:
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        make_article(session, site, name, make_content(*paragraphs))
        return make_case(session, site, name, **flag).id


def _revise(door: Door, name: str, *paragraphs: str) -> None:
    with door.services.database.transaction() as session:
        make_article(session, session.get_one(Site, door.newsroom.site_id), name, make_content(*paragraphs))


def _page(desk: Desk, case_id: int, query: str = "") -> str:
    answer = desk.get(f"/console/cases/{case_id}{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def _live(desk: Desk, case_id: int) -> str:
    """Where an open page of the case asks for its news."""
    found = re.search(r'data-live="(/console/cases/[^"]+)"', _page(desk, case_id))
    assert found is not None
    return unescape(found[1])


def _dead_letter(door: Door, name: str) -> int:
    """The number of a case whose takedown the store would not take."""
    case_id = open_case(door, name)
    with door.services.database.transaction() as session:
        made = make_decision(session, look(door, case_id), make_moderator(session, name))
        state = {"state": "dead", "last_error": "the store is <b>gone</b>"}
        session.execute(update(Order).where(Order.article_id == made.article_id).values(state))
    return case_id


def test_the_article_is_shown_part_by_part(door: Door, desk: Desk) -> None:
    page = _page(desk, _case(door, "parts", "First paragraph.", "Second paragraph."))
    for part in ("headline", "dateline", "p1", "p2", "q1"):
        assert f'id="part-{part}"' in page
    assert "Second paragraph." in page


def test_quoted_words_are_marked_where_they_stand(door: Door, desk: Desk) -> None:
    target = Target(part="p1", quotation={"exact": "the bell"})
    page = _page(desk, _case(door, "quoted", "They found the bell there.", target=target))
    assert re.search(r'found <mark title="Quoted by one flag">the bell</mark> there', page)


def test_quoted_words_of_an_older_revision_are_marked_where_they_stand_now_or_told_as_gone(
    door: Door, desk: Desk
) -> None:
    target = Target(part="p2", quotation={"exact": "its bell in the reeds"})
    case_id = _case(door, "moved", "They found it.", "They found its bell in the reeds.", target=target)
    _revise(door, "moved", "One text: its bell in the reeds.")
    assert '<mark title="Quoted by one flag">its bell in the reeds</mark>' in _page(desk, case_id)
    _revise(door, "moved", "Wholly other.")
    assert re.search(r"no longer in the text[^<]*<q [^>]*>its bell in the reeds</q>", _page(desk, case_id))


def test_a_legal_notice_is_told_with_who_gave_it_and_what_it_lacks(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "illegal")
    item = {"article": {"external_id": "illegal"}}
    notice = {"items": [item], "reason": "defamation", "explanation": "No court has.", "name": "Ada <Reader>"}
    assert door.post("/v1/legal-notices", door.reader, notice).status_code == 202
    door.work()
    page = _page(desk, case_id)
    for words in (
        "One legal notice",
        "given by <bdi>Ada &lt;Reader&gt;</bdi>",
        "good faith not confirmed",
        "No court has.",
    ):
        assert words in page
    assert re.search(r"It lacks: +an e-mail address, confirmation that it is given in good faith", page)


def test_hostile_articles_and_comments_are_text(door: Door, desk: Desk) -> None:
    page = _page(desk, _case(door, "hostile", HOSTILE, comment=HOSTILE))
    assert page.count("&lt;img src=x onerror=") == 2
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert page.count('dir="auto"') > 4


def test_no_link_of_the_article_leads_out(door: Door, desk: Desk) -> None:
    page = _page(desk, open_case(door, "links"))
    assert [link for link in re.findall(r'href="([^"]+)"', page) if not link.startswith(("/console/", "#"))] == []


def test_what_changed_since_the_flag_is_shown(door: Door, desk: Desk) -> None:
    case_id = _case(door, "changed", "The ferry is back.")
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        make_article(session, site, "changed", make_content("The ferry is late."))
    page = _page(desk, case_id)
    assert "<del>back.</del><ins>late.</ins>" in page
    assert "Most flags are about revision 1, the article is at 2." in page


def test_an_article_that_was_never_sent_is_shown_by_its_address(door: Door, desk: Desk) -> None:
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        address = {"url": "https://courier.example/x", "title": "A title"}
        known = make_article(session, site, "known")
        case = make_case(session, site, "known", **address)
        known.current_revision = 0
    assert "The site has not sent what this article says." in _page(desk, case.id)


def test_a_reader_is_shown_with_what_became_of_his_flags(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "record", reporter="record-1")
    assert "reader without a record" in _page(desk, case_id)
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown"))
    with door.services.database.transaction() as session:
        settle(session)
    assert "reader with 1 of 1 upheld" in _page(desk, open_case(door, "record-2", reporter="record-1"))


def test_many_flags_come_page_by_page(door: Door, desk: Desk) -> None:
    for number in range(51):
        case_id = open_case(door, "many", reporter=f"many-{number}", comment=f"comment {number}.")
    first = _page(desk, case_id)
    after = re.search(r'rel="next" href="([^"#]+)', first)
    assert "51 by 51 readers" in words_of(desk.get(f"/console/cases/{case_id}"))
    assert after is not None
    assert "comment 50." not in first
    assert "comment 50." in desk.get(after[1].replace("&amp;", "&")).text


def test_the_sentence_and_the_terms_say_why(door: Door, desk: Desk) -> None:
    words = words_of(desk.get(f"/console/cases/{open_case(door, 'why')}"))
    assert "likely to be upheld" in words
    assert "Severity 2 / 5" in words


def test_who_holds_it_is_told_and_a_note_beside_what_moved_the_case(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "live")
    path = f"/console/cases/{case_id}/live?seen={look(door, case_id).version}.1.999999999"
    assert "Claim" in desk.get(path).text
    sit().post(f"/console/cases/{case_id}/claim")
    assert "holds this case" in desk.get(path).text
    sit(Role.SENIOR).post(f"/console/cases/{case_id}/notes", {"words": "A first look"})
    assert "Since you opened" not in desk.get(path).text
    senior = sit(Role.SENIOR)
    senior.post(f"/console/cases/{case_id}/release")
    senior.post(f"/console/cases/{case_id}/escalate", {"words": "Too big for me"})
    senior.post(f"/console/cases/{case_id}/notes", {"words": "A second look"})
    told = words_of(desk.get(path))
    assert "Since you opened this case: Escalated · Person-" in told
    assert "Note · Person-" in told
    assert "A second look" in told
    assert "A first look" not in told


def test_an_open_page_is_told_what_changed_by_whom(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "told")
    live = _live(desk, case_id)
    open_case(door, "told", reporter="another", reason="hate")
    sit().post(f"/console/cases/{case_id}/escalate", {"words": "Too big for me"})
    told = words_of(desk.get(live))
    assert "Since you opened this case: A new reason was given · the service" in told
    assert "Escalated · Person-" in told
    assert "Too big for me One new flag" in told


def test_one_reader_is_one(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "one-reader")
    assert "1 by 1 reader " in words_of(desk.get(f"/console/cases/{case_id}"))


def test_a_closed_case_is_not_offered_to_be_claimed(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "not-claimed")
    assert f"/console/cases/{case_id}/claim" in _page(desk, case_id)
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    assert f"/console/cases/{case_id}/claim" not in _page(desk, case_id)


def test_an_unchanged_case_has_no_news(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "no-news")
    live = _live(desk, case_id)
    before = desk.get(live)
    assert "Since you opened" not in before.text
    known = {"If-None-Match": before.headers["ETag"]}
    assert desk.get(live, **known).status_code == 304
    open_case(door, "no-news", reporter="another")
    after = desk.get(live, **known)
    assert (after.status_code, "Since you opened" in after.text) == (200, True)


def test_a_waiting_order_and_an_applied_one_are_told_apart(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "applied")
    with door.services.database.transaction() as session:
        make_decision(session, look(door, case_id), make_moderator(session, "applier"))
    assert "Waiting" in words_of(desk.get(f"/console/cases/{case_id}"))
    door.work()
    assert "Applied and read back on" in words_of(desk.get(f"/console/cases/{case_id}"))


def test_a_dead_letter_is_tried_again_by_a_senior(door: Door, sit: Sit) -> None:
    case_id = _dead_letter(door, "dead")
    senior = sit(Role.SENIOR)
    order = re.search(r'name="order" value="(\d+)"', _page(senior, case_id))
    assert order is not None
    assert "the store is &lt;b&gt;gone" in _page(senior, case_id)
    assert senior.post(f"/console/cases/{case_id}/replay", {"order": order[1]}).status_code == 303
    with door.services.database.transaction() as session:
        replayed = order_of(session, look(door, case_id).article_id)
    assert replayed is not None
    assert replayed.state == "pending"


def test_a_dead_letter_is_not_for_a_moderator(door: Door, desk: Desk) -> None:
    case_id = _dead_letter(door, "dead-2")
    assert 'name="order"' not in _page(desk, case_id)
    assert desk.post(f"/console/cases/{case_id}/replay", {"order": "1"}).status_code == 403


def test_whose_role_is_too_low_reads_and_cannot_decide(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "senior-only")
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_role="senior"))
    page = _page(desk, case_id)
    assert "This case waits for the role senior." in page
    assert 'value="takedown"' not in page


def test_a_case_of_another_site_is_not_there(door: Door) -> None:
    case_id = open_case(door, "theirs")
    stranger = seat(door, "stranger", Role.ADMIN, other_site(door, "herald"))
    for path in ("", "/live"):
        assert stranger.get(f"/console/cases/{case_id}{path}").status_code == 404


def test_opening_a_case_claims_nothing(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "opened")
    _page(desk, case_id)
    with door.services.database.transaction() as session:
        assert claims.holder(session, case_id) is None


def test_the_holder_keeps_it_while_the_page_is_open(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "kept")
    assert "data-renew" not in _page(desk, case_id)
    desk.post(f"/console/cases/{case_id}/claim")
    assert "data-renew" in _page(desk, case_id)
    assert desk.post(f"/console/cases/{case_id}/renew").status_code == 204


def test_why_a_case_is_first_is_said_in_the_persons_language(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "warum", reporter="who-flags-nothing-else")
    for path in ("/console/queue", f"/console/cases/{case_id}"):
        shown = words_of(desk.get(path, **{"Accept-Language": "de"}))
        assert "1 Person meldet, gezählt als 1,0: 1 ohne Bilanz." in shown
        assert "likely to be upheld" not in shown


def test_a_flag_of_another_network_says_where_it_came_from(door: Door, desk: Desk) -> None:
    page = _page(desk, _case(door, "via", channel="activitypub", via=Via("social.example", {})))
    assert "via ActivityPub from social.example" in page
    page = _page(desk, _case(door, "passed-on", channel="atproto", via=Via(None, {})))
    assert "via AT Protocol" in page


def test_the_counts_beside_a_part_lead_to_its_flags_alone_page_by_page(
    door: Door, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation_service.console.desk.case.FLAGS", 2)
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        make_article(session, site, "parted", make_content("One.", "Two."))
        for number, part in enumerate(("p1", "p2", "p1", "p1")):
            target, said = Target(part=part), f"Of {part}, {number}"
            case = make_case(session, site, "parted", reporter=f"reader {number}", target=target, comment=said).id
    whole = desk.get(f"/console/cases/{case}").text
    assert f'href="/console/cases/{case}?part=p1#flags"' in whole
    first = desk.get(f"/console/cases/{case}?part=p1").text
    assert re.findall(r"Of p\d, \d", first) == ["Of p1, 0", "Of p1, 2"]
    after = re.search(rf'rel="next" href="(/console/cases/{case}\?[^"]*part=p1[^"]*)#flags"', first)
    assert after
    assert re.findall(r"Of p\d, \d", desk.get(unescape(after[1])).text) == ["Of p1, 3"]


def test_a_late_flag_that_went_on_into_another_case_counts_there_alone(door: Door, desk: Desk) -> None:
    closed = door.decide(door.case_of("late", "late-0", "late-1"), "clear")
    for readers in (["late-2"], ["late-3", "late-4"]):  # the first alone is not enough for another case
        with door.services.database.transaction() as session:
            settle(session)
        for reader in readers:
            door.flag("late", reader, reason="hate")
        door.work()
    with door.services.database.transaction() as session:
        settle(session)
    again = door.flagged("late", "late-5")
    assert again["id"] != closed["id"]
    for case, said in ((closed, "2 by 2 readers"), (again, "4 by 4 readers")):
        assert said in words_of(desk.get(f"/console/cases/{case['id']}"))
