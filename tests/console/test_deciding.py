"""Deciding from the page: on to the next case, undone, refused with all that was typed, and what else is done."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from moderation_service.cases.models import Case
from moderation_service.console.cookies import SESSION
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Moderator, Site
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.at_once import at_once
from tests.console.cases import is_claimed, last_decision, look, open_case, other_site, verdict, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk, add_person, seat
from tests.factories import make_article, make_content

NOTE = 'Seen twice, <b>"really"</b>'


def test_after_a_decision_the_next_case_is_claimed_and_open(make_door: MakeDoor) -> None:
    door = make_door()
    first, second = open_case(door, "one"), open_case(door, "two")
    answer = seat(door, "ada").post(f"/console/cases/{first}/decision", verdict(door, first))
    assert (answer.status_code, answer.location) == (303, f"/console/cases/{second}?decided={first}")
    assert look(door, first).state == "closed"
    assert is_claimed(door, second)


def test_the_same_decision_sent_again_leads_to_the_same_case_and_claims_no_further(make_door: MakeDoor) -> None:
    door = make_door()
    first, *others = (open_case(door, name) for name in ("one", "two", "three"))
    desk, form = seat(door, "ada"), verdict(door, first)
    came, again = (desk.post(f"/console/cases/{first}/decision", form).location for _ in range(2))
    assert came == again
    assert sum(is_claimed(door, case_id) for case_id in others) == 1


def test_a_decision_leads_on_beside_cases_that_are_held_already(make_door: MakeDoor) -> None:
    door = make_door()
    first, held, third = (open_case(door, name) for name in ("one", "two", "three"))
    desk = seat(door, "ada")
    desk.post(f"/console/cases/{held}/claim")
    answer = desk.post(f"/console/cases/{first}/decision", verdict(door, first))
    assert answer.location == f"/console/cases/{third}?decided={first}"


def test_a_decision_sent_several_times_at_once_claims_one_case(make_door: MakeDoor) -> None:
    door = make_door()
    first = open_case(door, "one")
    others = [open_case(door, f"other-{number}") for number in range(4)]
    desk, form = seat(door, "ada"), verdict(door, first)
    form |= {"csrf": desk.token("/console/account")}
    session = desk.client.get_cookie(SESSION)
    assert session is not None
    headers = {"Cookie": f"{SESSION}={session.value}"}

    def send(_: int) -> str | None:
        browser = door.app.test_client(use_cookies=False)
        return browser.post(f"/console/cases/{first}/decision", data=form, headers=headers).location

    assert len(set(at_once(send, range(4)))) == 1
    assert sum(is_claimed(door, case_id) for case_id in others) == 1


def test_after_the_last_one_the_queue_says_that_nothing_waits(make_door: MakeDoor) -> None:
    door = make_door()
    desk, only = seat(door, "ada"), open_case(door, "only")
    answer = desk.post(f"/console/cases/{only}/decision", verdict(door, only))
    assert answer.location == f"/console/queue?decided={only}"
    shown = words_of(desk.get(answer.location))
    assert "Nothing is waiting." in shown
    assert "Cleared: About only" in shown


def test_who_is_alone_is_told_that_there_is_nobody_to_hand_a_case_to(make_door: MakeDoor) -> None:
    door = make_door()
    desk, case_id = seat(door, "ada"), open_case(door, "alone")
    with door.services.database.transaction() as session:
        session.execute(update(Moderator).where(Moderator.username != "ada").values(active=False))
    assert "Hand over h Nobody but you may decide this case." in words_of(desk.get(f"/console/cases/{case_id}"))


def test_a_takedown_cites_its_clause_and_its_parts(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "takedown")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", parts="p1", note=NOTE))
    made = last_decision(door, case_id)
    assert made is not None
    assert (made.action, made.parts, made.clause, made.ground, made.note) == ("takedown", ["p1"], "3.4", "terms", NOTE)


def test_clearing_leaves_out_parts_and_clauses_that_were_chosen_before(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "cleared")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, parts="p1", cited="3.4/terms"))
    made = last_decision(door, case_id)
    assert made is not None
    assert (made.action, made.parts, made.clause) == ("clear", [], None)


def test_the_last_clause_is_offered_next_time(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "offered")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", cited="2.2/law"))
    page = desk.get(f"/console/cases/{open_case(door, 'offered-2')}").text
    assert 'value="2.2/law" title="No attacks on people for who they are." selected' in page


def test_a_takedown_is_undone_by_a_further_decision(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "undone")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown"))
    made = last_decision(door, case_id)
    assert made is not None
    answer = desk.post(f"/console/cases/{case_id}/undo", {"decision": str(made.id)})
    undone = last_decision(door, case_id)
    assert answer.location == f"/console/cases/{case_id}"
    assert undone is not None
    assert (undone.action, undone.supersedes_id) == ("clear", made.id)


def test_after_an_undone_takedown_the_page_says_that_the_article_is_cleared(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "said-undone")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown"))
    made = last_decision(door, case_id)
    assert made is not None
    answer = desk.post(f"/console/cases/{case_id}/undo", {"decision": str(made.id)})
    told = words_of(desk.get(answer.location))
    assert "Undone: a further decision clears the article." in told
    assert "Decide anew Cleared" in told


def test_an_undoing_that_came_after_a_new_revision_is_told_what_changed(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "revised-undo")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown"))
    bar = desk.get(f"/console/queue?decided={case_id}").text.partition('id="undo"')[2]
    form = dict(re.findall(r'name="(decision|seen)" value="([^"]*)"', bar))
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        make_article(session, site, "revised-undo", make_content("Other words."))
    answer = desk.post(f"/console/cases/{case_id}/undo", form)
    assert answer.status_code == 409
    assert "no longer what you looked at: The article was changed · Revision 2" in words_of(answer)


def test_the_history_says_of_each_decision_what_it_took_down_by_which_clause_and_why(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "overruled")
    first = verdict(door, case_id, "takedown", cited="2.2/law", parts="p1", note="Not one word of it is true")
    desk.post(f"/console/cases/{case_id}/decision", first)
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    history = words_of(desk.get(f"/console/cases/{case_id}")).rpartition("History")[2]
    assert "Taken down p1 2.2 · law Not one word of it is true" in history


def test_an_undone_clearance_gives_the_case_back(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "given-back")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    made = last_decision(door, case_id)
    assert made is not None
    desk.post(f"/console/cases/{case_id}/undo", {"decision": str(made.id)})
    assert is_claimed(door, case_id)
    assert "Decide anew" in desk.get(f"/console/cases/{case_id}").text


def test_undoing_what_a_rule_had_two_decide_is_proposed(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "two-undo")
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
    sit().post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown"))
    answer = desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown") | {"stay": "yes"})
    assert "It takes two persons to undo this" in words_of(desk.get(answer.location))
    made = last_decision(door, case_id)
    assert made is not None
    answer = desk.post(f"/console/cases/{case_id}/undo", {"decision": str(made.id)})
    assert "proposed, and another person decides" in words_of(desk.get(answer.location))
    now = last_decision(door, case_id)
    assert (now and now.id, is_claimed(door, case_id)) == (made.id, False)


@pytest.mark.parametrize(
    ("parts", "what"), [("", "the whole article"), ("p1", "paragraph 1"), ("headline", "headline")]
)
def test_the_offer_to_undo_a_takedown_says_how_much_is_gone_and_by_which_clause(
    door: Door, desk: Desk, parts: str, what: str
) -> None:
    case_id = open_case(door, f"said-{parts}")
    chosen = {"parts": parts} if parts else {}
    answer = desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", **chosen))
    assert f"Taken down ({what}) under 3.4 Fraud: About" in words_of(desk.get(answer.location))


def test_only_who_decided_is_offered_to_undo_it(door: Door, desk: Desk, sit: Sit) -> None:
    case_id, other = open_case(door, "whose"), open_case(door, "beside")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    path = f"/console/cases/{other}?decided={case_id}"
    assert 'id="undo"' in desk.get(path).text
    assert 'id="undo"' not in sit().get(path).text


def test_what_changed_is_told_and_nothing_typed_is_lost(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "race")
    late = verdict(door, case_id, "takedown", parts="p1", note=NOTE)
    sit().post(f"/console/cases/{case_id}/decision", verdict(door, case_id, note="I was first"))
    answer = desk.post(f"/console/cases/{case_id}/decision", late)
    assert answer.status_code == 409
    assert "Decided · Person-" in words_of(answer)
    for kept in ("Seen twice, &lt;b&gt;", 'value="3.4/terms" title="No scams', 'id="pick-p1" checked'):
        assert kept in answer.text


def test_what_changed_is_told_in_the_persons_language(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "race-de")
    late = verdict(door, case_id)
    sit().post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    answer = desk.post(f"/console/cases/{case_id}/decision", late, **{"Accept-Language": "de"})
    told = r"Der Fall ist nicht mehr der, den Sie angesehen haben: Entschieden · Person-\d+ · Freigegeben"
    assert re.search(told, words_of(answer))


def test_a_refusal_is_said_in_the_persons_language(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "no-clause")
    form = verdict(door, case_id, "takedown", cited="")
    answer = desk.post(f"/console/cases/{case_id}/decision", form, **{"Accept-Language": "de"})
    assert "Zum Entfernen gehört eine Klausel der Richtlinie" in words_of(answer)


def test_an_article_that_changed_meanwhile_is_told(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "rewritten")
    form = verdict(door, case_id)
    with door.services.database.transaction() as session:
        make_article(session, session.get_one(Site, door.newsroom.site_id), "rewritten", make_content("New."))
    answer = desk.post(f"/console/cases/{case_id}/decision", form)
    assert answer.status_code == 409
    assert "The article was changed · Revision 2" in words_of(answer)
    assert 'name="article_revision" value="2"' in answer.text


def test_a_name_turns_nothing_round_beside_it(door: Door, desk: Desk, sit: Sit) -> None:
    case_id, other = open_case(door, "turned"), sit()
    other.post(f"/console/cases/{case_id}/claim")
    with door.services.database.transaction() as session:
        session.execute(update(Moderator).values(display_name="\u202eadA"))
    for path in ("/console/queue?search=turned", f"/console/cases/{case_id}"):
        assert "<bdi>\u202eadA</bdi>" in desk.get(path).text


def test_who_holds_it_decides_it(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "holder")
    sit().post(f"/console/cases/{case_id}/claim")
    answer = desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, note=NOTE))
    assert answer.status_code == 409
    assert "holds this case" in words_of(answer)
    assert last_decision(door, case_id) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "explode"},
        {"cited": ""},
        {"cited": "9.9/terms"},
        {"cited": "3.4/whim"},
        {"parts": "p77"},
        {"case_version": "x"},
        {"article_revision": ""},
        {"note": "\0"},
        {"note": "x" * 5001},
    ],
)
def test_a_form_that_is_not_right_comes_back_with_what_is_wrong(
    door: Door, desk: Desk, wrong: dict[str, str], request: pytest.FixtureRequest
) -> None:
    case_id = open_case(door, f"wrong-{request.node.callspec.indices['wrong']}")
    answer = desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown") | wrong)
    assert answer.status_code == 422
    assert "Nothing was done" in answer.text
    assert last_decision(door, case_id) is None


def test_a_line_end_counts_once_however_the_form_was_sent(door: Door, desk: Desk) -> None:
    case_id, note = open_case(door, "lines"), ("x" * 49 + "\n") * 100
    form = verdict(door, case_id, "takedown")
    by_script = desk.post(f"/console/cases/{case_id}/decision", form | {"note": note})
    by_browser = desk.post(f"/console/cases/{case_id}/decision", form | {"note": note.replace("\n", "\r\n")})
    assert (by_script.status_code, by_browser.status_code) == (303, 303)
    made = last_decision(door, case_id)
    assert made is not None
    assert (made.note, made.supersedes_id) == (note, None)


def test_a_note_that_is_too_long_comes_back_whole(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "long")
    form = verdict(door, case_id, note="x" * 5000 + " and the last words")
    answer = desk.post(f"/console/cases/{case_id}/decision", form)
    assert answer.status_code == 422
    assert "x and the last words</textarea>" in answer.text


def test_of_two_persons_the_first_proposes(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "two-persons")
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", parts="p1", note=NOTE))
    assert last_decision(door, case_id) is None
    second = sit()
    page = second.get(f"/console/cases/{case_id}")
    assert "proposes: Take down (p1), 3.4 · terms of use" in words_of(page)
    second.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", parts="p1"))
    assert last_decision(door, case_id) is not None


def test_a_proposal_is_taken_back_by_who_made_it(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "taken-back")
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    assert "Another person decides." in desk.get(f"/console/cases/{case_id}").text
    desk.post(f"/console/cases/{case_id}/proposal/withdraw")
    assert "proposes:" not in desk.get(f"/console/cases/{case_id}").text


def test_a_proposal_that_was_approved_meanwhile_cannot_be_taken_back_and_its_case_says_so(
    door: Door, desk: Desk, sit: Sit
) -> None:
    case_id = open_case(door, "approved-meanwhile")
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
    for who in (desk, sit()):
        who.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    answer = desk.post(f"/console/cases/{case_id}/proposal/withdraw", {}, **{"Accept-Language": "de"})
    told = words_of(answer)
    assert (answer.status_code, "Für diesen Fall ist nichts vorgeschlagen" in told) == (404, True)
    assert "Neu entscheiden" in told


def test_deciding_a_closed_case_anew_stays_there_and_can_be_undone(door: Door, sit: Sit) -> None:
    case_id, senior = open_case(door, "anew"), sit(Role.SENIOR)
    senior.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    form = verdict(door, case_id, "takedown", stay="yes")
    there = senior.post(f"/console/cases/{case_id}/decision", form).location
    assert there.partition("?")[0] == f"/console/cases/{case_id}"
    assert 'id="undo"' in senior.get(there).text


def test_a_skipped_case_goes_back_and_another_one_comes(make_door: MakeDoor) -> None:
    door = make_door()
    first, second = open_case(door, "one"), open_case(door, "two")
    desk = seat(door, "ada")
    desk.post("/console/next")
    answer = desk.post(f"/console/cases/{first}/skip", {"words": "I know the author"})
    assert answer.location == f"/console/cases/{second}"
    assert not is_claimed(door, first)
    assert "I know the author" in desk.get(f"/console/cases/{first}").text


def test_a_case_is_handed_over_to_a_colleague(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "handed")
    other = seat(door, "receiver")
    assert desk.post(f"/console/cases/{case_id}/hand-over", {"to": "receiver"}).status_code == 303
    assert "You hold it" in other.get(f"/console/cases/{case_id}").text


def test_who_works_elsewhere_is_as_unknown_to_the_hand_over_as_nobody(door: Door, sit: Sit) -> None:
    here = other_site(door, "handing")
    giver, case_id = sit(Role.MODERATOR, here), open_case(door, "not-handed", site_id=here.id)
    add_person(door, "secret.editor", Role.MODERATOR, other_site(door, "not-theirs"))
    german = {"Accept-Language": "de"}
    names = "secret.editor", "nobody.at.all"
    said = [giver.post(f"/console/cases/{case_id}/hand-over", {"to": name}, **german) for name in names]
    assert [answer.status_code for answer in said] == [422, 422]
    assert all("Niemand dieses Namens arbeitet für diese Website" in answer.text for answer in said)
    assert not any("Secret" in answer.text for answer in said)
    assert not is_claimed(door, case_id)


def test_an_escalated_case_waits_for_a_senior(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "escalated")
    desk.post(f"/console/cases/{case_id}/escalate", {"words": "It takes a lawyer"})
    assert look(door, case_id).needs_role == "senior"
    assert desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id)).status_code == 403


def test_words_for_a_step_that_was_refused_are_not_lost(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "words")
    sit().post(f"/console/cases/{case_id}/claim")
    answer = desk.post(f"/console/cases/{case_id}/escalate", {"words": "It takes a lawyer"})
    assert answer.status_code == 409
    assert "It takes a lawyer</textarea>" in answer.text


def test_a_reason_to_skip_that_is_refused_stays_in_its_field(door: Door, desk: Desk) -> None:
    case_id, reason = open_case(door, "skip-long"), "x" * 5001
    desk.post(f"/console/cases/{case_id}/claim")
    answer = desk.post(f"/console/cases/{case_id}/skip", {"words": reason})
    assert (answer.status_code, f'value="{reason}"' in answer.text) == (422, True)
    assert "what you typed is still below" in words_of(answer)


@pytest.mark.parametrize("step", ["skip", "escalate"])
def test_words_for_a_step_that_the_page_offers_no_longer_are_there_to_be_copied(
    door: Door, desk: Desk, sit: Sit, step: str
) -> None:
    case_id, other = open_case(door, f"no-field-{step}"), sit()
    if step == "skip":
        other.post(f"/console/cases/{case_id}/claim")
    else:
        other.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    answer = desk.post(f"/console/cases/{case_id}/{step}", {"words": NOTE})
    assert answer.status_code == (409 if step == "skip" else 403)
    assert '<blockquote class="comment" dir="auto">Seen twice, &lt;b&gt;' in answer.text
    assert "has no field any more for what you typed" in words_of(answer)
    assert "is still below" not in words_of(answer)


def test_a_verdict_that_is_no_longer_ones_own_to_give_is_there_to_be_copied(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "no-form")
    form = verdict(door, case_id, "takedown", parts="p1", note=NOTE)
    sit().post(f"/console/cases/{case_id}/escalate", {"words": "Too big for me"})
    answer = desk.post(f"/console/cases/{case_id}/decision", form)
    assert "This case waits for the role senior." in words_of(answer)
    assert f"Here it is, to be copied: {NOTE} 3.4 · terms of use" in words_of(answer)
    assert 'id="pick-p1" checked' in answer.text


def test_a_verdict_beside_ones_own_proposal_is_there_to_be_copied(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "own-proposal")
    with door.services.database.transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    answer = desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", note=NOTE))
    assert answer.status_code == 403
    assert f"Here it is, to be copied: {NOTE}" in words_of(answer)


def test_parts_that_were_chosen_and_are_gone_are_named(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "gone-part")
    form = verdict(door, case_id, "takedown", parts="p2")
    with door.services.database.transaction() as session:
        make_article(session, session.get_one(Site, door.newsroom.site_id), "gone-part", make_content("One alone."))
    answer = desk.post(f"/console/cases/{case_id}/decision", form)
    assert "Parts you chose that the article no longer has: p2" in words_of(answer)


def test_a_refused_step_without_words_claims_none(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = open_case(door, "no-words")
    sit().post(f"/console/cases/{case_id}/claim")
    answer = desk.post(f"/console/cases/{case_id}/claim")
    assert answer.status_code == 409
    assert "what you typed" not in words_of(answer)


@pytest.mark.parametrize("step", ["notes", "escalate"])
def test_words_that_are_asked_for_are_more_than_blanks(door: Door, desk: Desk, step: str) -> None:
    case_id = open_case(door, f"blank-{step}")
    answer = desk.post(f"/console/cases/{case_id}/{step}", {"words": "  "}, **{"Accept-Language": "de"})
    assert (answer.status_code, "Da steht noch nichts" in answer.text) == (422, True)


def test_a_note_is_text_in_the_history(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "noted")
    desk.post(f"/console/cases/{case_id}/notes", {"words": "<script>alert(1)</script>"})
    assert "&lt;script&gt;alert(1)" in desk.get(f"/console/cases/{case_id}").text


def test_a_case_given_back_is_free(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "released")
    desk.post(f"/console/cases/{case_id}/claim")
    assert is_claimed(door, case_id)
    desk.post(f"/console/cases/{case_id}/release")
    assert not is_claimed(door, case_id)


@pytest.mark.parametrize("step", ["decision", "undo", "claim", "release", "skip", "escalate", "notes", "hand-over"])
def test_nothing_is_done_to_a_case_of_another_site(door: Door, sit: Sit, step: str) -> None:
    case_id = open_case(door, f"foreign-{step}")
    stranger = sit(Role.ADMIN, other_site(door, f"away-{step}"))
    form = verdict(door, case_id) | {"words": "x", "to": "ada", "decision": "1"}
    assert stranger.post(f"/console/cases/{case_id}/{step}", form).status_code == 404
