"""What the desk reads: what was said of cases and parts, what changed on a page, what may be chosen."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.cases import claims
from moderation_service.cases.models import Case
from moderation_service.errors import NotFound
from moderation_service.intake.models import Flag
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.queries import QueueFilter, Seen, places, worklist
from moderation_service.queries.said import said_of_case
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import (
    LEASE,
    make_article,
    make_case,
    make_content,
    make_decision,
    make_flag,
    make_moderator,
    make_site,
    triaged,
)


def _headed(session: Session, site: Site, name: str, headline: str) -> Case:
    make_article(session, site, name, make_content(headline=headline))
    return make_case(session, site, name)


def _found(session: Session, words: str, site: Site) -> list[str]:
    page = queries.queue_page(session, QueueFilter(sites=[site.id], search=words), cursor=None, limit=10)
    return [row["article"]["title"] for row in page.rows]


def test_a_search_finds_words_of_a_headline_in_any_case(session: Session, site: Site) -> None:
    _headed(session, site, "one", "Ferry returns")
    _headed(session, site, "two", "Quiet comet")
    assert _found(session, "COMET", site) == ["Quiet comet"]


def test_a_search_takes_every_character_as_it_is(session: Session, site: Site) -> None:
    _headed(session, site, "one", "A 100 % rise")
    _headed(session, site, "two", "Nothing of the kind")
    assert _found(session, "%", site) == ["A 100 % rise"]


def test_a_search_goes_on_from_page_to_page(session: Session, site: Site) -> None:
    for number in range(3):
        _headed(session, site, f"a{number}", "Ferry")
    wanted = QueueFilter(sites=None, search="ferry")
    first = queries.queue_page(session, wanted, cursor=None, limit=2)
    rest = queries.queue_page(session, wanted, cursor=first.next, limit=2)
    assert (len(first.rows), len(rest.rows), rest.next) == (2, 1, None)


def test_what_no_index_serves_is_looked_for_piece_by_piece(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "LOOKED_MOST", 2)
    for number in range(4):
        make_case(session, site, f"a{number}", reason="spam" if number == 3 else "hate")
    wanted = QueueFilter(sites=[site.id], reason="spam")
    first = queries.queue_page(session, wanted, cursor=None, limit=2)
    second = queries.queue_page(session, wanted, cursor=first.next, limit=2)
    assert (len(first.rows), first.next is None) == (0, False)
    assert [row["reasons"] for row in second.rows] == [["spam"]]
    assert queries.queue_page(session, wanted, cursor=second.next, limit=2).next is None


def test_reasons_are_told_with_their_flags_the_most_given_first(session: Session, site: Site) -> None:
    make_case(session, site, reporter="a", target=Target(part="p1"))
    make_case(session, site, reporter="a", target=Target(part="p2"))
    case = make_case(session, site, reporter="b", reason="spam")
    told = queries.said_of_cases(session, [case.id])[case.id]
    assert told["reasons"] == [
        {"reason": "misleading", "flags": 2},
        {"reason": "spam", "flags": 1},
    ]
    assert sum(told["over_time"]) == 3


def test_a_case_whose_flags_were_all_taken_back_has_nothing_to_tell(session: Session, site: Site) -> None:
    make_case(session, site)
    case = make_case(session, site, reporter="another")
    assert queries.said_of_cases(session, [case.id])[case.id]["reasons"] == [{"reason": "misleading", "flags": 2}]
    for receipt in session.scalars(select(Flag.receipt).where(Flag.case_id == case.id)).all():
        pipeline.withdraw_flag(session, site.id, receipt)
    assert queries.said_of_cases(session, [case.id]) == {case.id: {"reasons": [], "over_time": [0] * 24}}


def test_what_was_decided_about_the_article_before_is_told(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    assert queries.decided_before(session, [case.id]) == {}
    make_decision(session, case, ada, Action.CLEAR)
    told = queries.decided_before(session, [case.id])[case.id]
    assert (told["action"], told["times"]) == ("clear", 1)


def test_parts_are_told_with_reasons_and_quotations(session: Session, site: Site) -> None:
    quoting = Target(part="p2", quotation={"exact": "bell"})
    make_case(session, site, reporter="a", target=quoting)
    make_case(session, site, reporter="b", target=quoting)
    case = make_case(session, site, reporter="c", target=Target(part="p1"))
    parts = said_of_case(session, case.article_id, case.id)["parts"]
    assert parts["p2"]["quotations"] == [{"exact": "bell", "flags": 2}]
    assert parts["p1"] == {"reasons": [{"reason": "misleading", "flags": 1}], "quotations": []}


def test_readers_are_those_whose_flags_stand_at_this_moment(session: Session, site: Site) -> None:
    make_case(session, site, reporter="a")
    case = make_case(session, site, reporter="b")
    receipt = session.scalars(select(Flag.receipt).order_by(Flag.id).limit(1)).one()
    pipeline.withdraw_flag(session, site.id, receipt)  # which no worker has judged yet
    told = said_of_case(session, case.article_id, case.id)
    assert (told["total"], told["reporters"]) == (1, 1)


def test_a_pulse_tells_who_holds_a_case_and_how_many_are_new(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    seen, _ = queries.newest_case(session)
    make_case(session, site, "other")
    pulse = queries.queue_pulse(session, QueueFilter(sites=None), [case.id], after=seen)
    assert [(row["id"], row["held_by"], row["flags"]) for row in pulse["rows"]] == [(case.id, "Ada", 1)]
    assert pulse["new"] == 1


def test_a_pulse_tells_nothing_of_other_sites(session: Session, site: Site) -> None:
    case = make_case(session, site)
    elsewhere = QueueFilter(sites=[make_site(session, "herald").id])
    assert queries.queue_pulse(session, elsewhere, [case.id], after=0) == {"rows": [], "new": 0}


def test_a_desk_shows_the_revision_that_was_flagged_when_the_article_changed(
    session: Session, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    assert queries.case_desk(session, case, ada)["flagged_revision"] is None
    make_article(session, site, "ferry", make_content("The ferry is late."))
    then = queries.case_desk(session, case, ada)["flagged_revision"]
    assert then["number"] == 1
    assert "The ferry is back." in [part["text"] for part in then["parts"]]


def test_a_desk_offers_the_clause_cited_last(session: Session, site: Site, ada: Person) -> None:
    make_decision(session, make_case(session, site, "one"), ada, clause="3.4", ground="law")
    case = make_case(session, site, "two")
    assert queries.case_desk(session, case, ada)["cited_last"] == {"clause": "3.4", "ground": "law"}
    assert queries.case_desk(session, case, make_moderator(session, "bob"))["cited_last"] is None


def test_a_clause_fits_as_many_flags_as_allege_what_it_forbids(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site, reason="harassment")
    fits = {clause["code"]: clause["fits"] for clause in queries.case_desk(session, case, ada)["clauses"]}
    assert {code: flags for code, flags in fits.items() if flags} == {"2.3": 1}


def test_a_desk_offers_colleagues_who_may_decide(session: Session, site: Site, ada: Person) -> None:
    make_moderator(session, "bob", Role.MODERATOR, site)
    make_moderator(session, "eve", Role.ADMIN, make_site(session, "herald"))
    case = make_case(session, site)
    assert queries.case_desk(session, case, ada)["colleagues"] == [{"username": "bob", "name": "Bob"}]


def test_a_desk_tells_what_became_of_the_articles_other_cases(session: Session, site: Site, ada: Person) -> None:
    make_decision(session, make_case(session, site), ada, Action.CLEAR)
    make_article(session, site, "ferry", make_content("The ferry is late."))
    case = triaged(session, make_flag(session, site, reporter="b"))
    (other,) = queries.case_desk(session, case, ada)["others"]
    assert (other["action"], other["by"]) == ("clear", "Ada")


def test_case_and_pulse_of_another_sites_case_are_not_to_be_had(session: Session, site: Site) -> None:
    case = make_case(session, site)
    eve = make_moderator(session, "eve", Role.ADMIN, make_site(session, "herald"))
    for read in (queries.case_for, partial(queries.case_pulse, seen=None)):
        with pytest.raises(NotFound):
            read(session, case.id, eve)


def test_the_pulse_of_a_case_tells_its_holder(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    claims.claim(session, case, ada, lease=LEASE)
    pulse = queries.case_pulse(session, case.id, ada, None)
    assert (pulse["held"]["by"], pulse["news"]) == ("Ada", [])


def _seen(session: Session, case: Case, person: Person) -> Seen:
    shown = queries.case_desk(session, case, person)
    return Seen(shown["version"], shown["article"]["revision"], shown["flags"]["newest"])


def test_a_case_that_is_as_it_was_has_no_news(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    assert queries.case_desk(session, case, ada, _seen(session, case, ada))["news"] == []


def test_the_news_are_what_was_done_and_new_flags_and_a_new_revision(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    seen = _seen(session, case, ada)
    make_case(session, site, reporter="b", reason="hate")
    make_article(session, site, "ferry", make_content("The ferry is late."))
    make_decision(session, case, ada, revision=2)
    news = queries.case_pulse(session, case.id, ada, seen)["news"]
    assert [event["kind"] for event in news] == ["reason_added", "decided", "article_revised", "flagged"]
    assert (news[1]["by"], news[1]["action"], news[2]["revision"], news[3]["flags"]) == ("Ada", "takedown", 2, 1)


def test_a_reader_is_shown_with_his_record(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    (flag,) = queries.case_flags(session, case.id, ada, cursor=None, limit=10).rows
    assert flag["reader"] == {"upheld": 0, "decided": 0, "trusted": False, "muted": None}


def test_ones_own_last_decision_is_known_and_a_colleagues_is_not(session: Session, site: Site, ada: Person) -> None:
    made = make_decision(session, make_case(session, site), ada)
    known = queries.made_last(session, made.case_id, ada)
    assert known is not None
    assert (known["id"], known["action"]) == (made.id, "takedown")
    assert queries.made_last(session, made.case_id, make_moderator(session, "bob")) is None


def test_a_moderator_sees_his_own_sites(session: Session, site: Site) -> None:
    make_site(session, "herald")
    eve = make_moderator(session, "eve", Role.MODERATOR, site)
    assert queries.own_sites(session, eve) == [{"id": site.id, "slug": "courier", "name": "Courier"}]


def test_of_a_story_that_goes_round_some_voices_are_looked_at(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "VOICES_MOST", 2)
    for reader in ("a", "b", "c"):
        case = make_case(session, site, "ferry", reporter=reader)
    because = places.priorities(session, [case.id])[case.id]["priority"]["because"]
    assert because.startswith("3 readers")
    assert "; of 2 looked at: 2 without a record." in because


def test_where_all_voices_are_looked_at_nothing_is_said_of_it(session: Session, site: Site) -> None:
    case = make_case(session, site, "ferry")
    assert "looked at" not in places.priorities(session, [case.id])[case.id]["priority"]["because"]
