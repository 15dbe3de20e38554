"""The facts of cases as of now: their flags within the window, their articles, what was decided before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service import readers
from moderation_service.cases.models import Case
from moderation_service.intake import record
from moderation_service.intake import service as intake
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from moderation_service.triage.order import Terms
from moderation_service.triage.rules import gather as gathering
from moderation_service.triage.rules.facts import CaseFacts
from moderation_service.triage.rules.gather import gather, outlines
from tests.factories import (
    flag_of,
    make_article,
    make_case,
    make_content,
    make_decision,
    make_flag,
    make_moderator,
    make_site,
    make_submission,
    reporter_id,
    triaged,
)

DAY = timedelta(days=1)


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    make_article(session, site)
    return site


def _facts(session: Session, case: Case, *fields: str, window: timedelta = DAY) -> CaseFacts:
    return gather(session, {case.id: window}, fields=fields)[case.id]


def _cleared(session: Session, site: Site, external_id: str = "ferry") -> Case:
    case = make_case(session, site, external_id)
    make_decision(session, case, make_moderator(session, f"m-{external_id}"), Action.CLEAR)
    return case


def test_flags_come_oldest_first_with_what_was_known_of_their_readers(session: Session, site: Site) -> None:
    make_case(session, site, reporter="a", reason="hate")
    flags = _facts(session, make_case(session, site, reporter="b")).flags
    assert [(flag.reporter, flag.reason) for flag in flags] == [
        (reporter_id(site, "a"), "hate"),
        (reporter_id(site, "b"), "misleading"),
    ]
    assert {(flag.upheld, flag.rejected, flag.trusted) for flag in flags} == {(0, 0, False)}
    assert all(flag.weight > 0 for flag in flags)


def test_flags_before_the_window_are_left_out(session: Session, site: Site) -> None:
    make_case(session, site, reporter="a")
    session.execute(text("UPDATE flags SET received_at = received_at - interval '25 hours'"))
    case = make_case(session, site, reporter="b")
    assert [flag.reporter for flag in _facts(session, case).flags] == [reporter_id(site, "b")]


def test_without_a_window_no_flag_is_read(session: Session, site: Site) -> None:
    assert _facts(session, make_case(session, site), window=timedelta(0)).flags == ()


def test_each_case_has_its_own_window(session: Session, site: Site) -> None:
    make_case(session, site, "one")
    case = make_case(session, site, "two")
    session.execute(text("UPDATE flags SET received_at = received_at - interval '2 hours'"))
    facts = gather(session, {case.id - 1: timedelta(hours=1), case.id: timedelta(hours=3)}, fields=())
    assert [len(facts[case_id].flags) for case_id in sorted(facts)] == [0, 1]


def test_withdrawn_flags_are_not_there(session: Session, site: Site) -> None:
    flag = make_flag(session, site)
    case = triaged(session, flag)
    intake.withdraw(session, flag_of(session, flag))
    assert _facts(session, case).flags == ()


def _mute(session: Session, site: Site, reporter: str) -> None:
    reader = readers.meet(session, reporter_id(site, reporter), site_id=site.id)
    readers.mute(session, reader, actor="t", note="A test.")


def test_flags_of_a_reader_who_was_muted_before_are_not_there(session: Session, site: Site) -> None:
    _mute(session, site, "troll")
    make_case(session, site, reporter="troll", reason="hate")
    facts = _facts(session, make_case(session, site, reporter="b"))
    assert [flag.reporter for flag in facts.flags] == [reporter_id(site, "b")]
    assert (facts.reasons, facts.voices) == (frozenset({"hate", "misleading"}), 2)


def test_flags_of_a_reader_who_was_muted_since_are_there(session: Session, site: Site) -> None:
    case = make_case(session, site, reporter="troll")
    _mute(session, site, "troll")
    assert len(_facts(session, case).flags) == 1


def test_a_muted_reader_repeats_nothing(session: Session, site: Site) -> None:
    _cleared(session, site)
    session.execute(text("UPDATE flags SET received_at = received_at - interval '1 hour'"))
    _mute(session, site, "troll")
    make_case(session, site, reporter="troll")
    make_article(session, site, content=make_content("Something else."))
    case = make_case(session, site, reporter="b", revision=2)
    assert _facts(session, case, "repeat_flags").repeat_flags == 0


def test_flags_of_the_articles_earlier_case_are_not_there(session: Session, site: Site) -> None:
    _cleared(session, site)
    make_article(session, site, content=make_content("Something else."))
    case = make_case(session, site, reporter="b", revision=2)
    assert [flag.reporter for flag in _facts(session, case).flags] == [reporter_id(site, "b")]


def test_only_the_newest_flags_are_read(session: Session, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for reporter in "abc":
        case = make_case(session, site, reporter=reporter)
    monkeypatch.setattr(gathering, "MOST_FLAGS", 2)
    assert [flag.reporter for flag in _facts(session, case).flags] == [reporter_id(site, "b"), reporter_id(site, "c")]


def test_a_case_is_told_with_its_article_as_it_is_now(session: Session, site: Site) -> None:
    case = make_case(session, site, reason="hate")
    make_article(session, site, content=make_content("New.", category="POLITICS"))
    facts = _facts(session, case)
    assert (facts.category, facts.origin, facts.language) == ("POLITICS", "editorial", make_content().language)
    assert (facts.reasons, facts.severity, facts.voices) == (frozenset({"hate"}), 4, 1)
    assert facts.article_age >= timedelta(0)


def test_the_severity_that_a_rule_set_is_the_severity(session: Session, site: Site) -> None:
    case = make_case(session, site)
    case.severity_set = 5
    session.flush()
    assert _facts(session, case).severity == 5


def test_the_terms_of_the_queue_are_those_stored_with_the_case(session: Session, site: Site) -> None:
    case = make_case(session, site)
    facts = _facts(session, case)
    assert (facts.chance, facts.index, facts.reach) == (case.chance, case.urgency, case.reach)
    assert facts.full_weight == Terms().full_weight


def test_an_article_nobody_told_us_about_has_no_category(session: Session, site: Site) -> None:
    unknown = make_submission(site, None, url="https://courier.example/unknown")
    case = triaged(session, record.record_one(session, unknown))
    facts = _facts(session, case, *gathering.SOURCE_FIELDS)
    assert (facts.category, facts.language, facts.source_clears) == (None, None, 0)


def test_decisions_in_force_on_the_article_are_counted(session: Session, site: Site) -> None:
    case = make_case(session, site)
    ada = make_moderator(session, role=Role.SENIOR)
    make_decision(session, case, ada, Action.TAKEDOWN)
    make_decision(session, case, ada, Action.CLEAR)
    facts = _facts(session, case, "clears")
    assert (facts.takedowns, facts.clears) == (0, 1)


def test_what_no_rule_asks_for_is_not_counted(session: Session, site: Site) -> None:
    case = _cleared(session, site)
    facts = _facts(session, case)
    assert (facts.clears, facts.source_clears) == (0, 0)


def test_flags_that_come_to_a_cleared_case_are_repeat_flags_of_the_next(session: Session, site: Site) -> None:
    _cleared(session, site)
    session.execute(text("UPDATE flags SET received_at = received_at - interval '1 hour'"))
    make_case(session, site, reporter="late")
    make_article(session, site, content=make_content("Something else."))
    case = make_case(session, site, reporter="b", revision=2)
    assert _facts(session, case, "repeat_flags").repeat_flags == 1


def test_decisions_on_the_same_category_of_the_site_are_its_source(session: Session, site: Site) -> None:
    _cleared(session, site, "one")
    make_article(session, site, "other", make_content(category="SPORTS"))
    _cleared(session, site, "other")
    facts = _facts(session, make_case(session, site, "two"), "source_clears")
    assert (facts.source_takedowns, facts.source_clears) == (0, 1)


def test_decisions_older_than_thirty_days_are_forgotten(session: Session, site: Site) -> None:
    _cleared(session, site, "one")
    columns = "site_id, case_id, article_id, revision, case_version, moderator_id, action"
    session.execute(
        text(
            f"INSERT INTO decisions ({columns}, supersedes_id, decided_at) "
            f"SELECT {columns}, id, decided_at - interval '31 days' FROM decisions"
        )
    )
    assert _facts(session, make_case(session, site, "two"), "source_clears").source_clears == 1


def test_an_unknown_case_is_left_out(session: Session) -> None:
    assert gather(session, {1: DAY}, fields=()) == {}


def _trusts(session: Session, site: Site, reporter: str, *, trusted: bool = True) -> None:
    statement = text("UPDATE reporters SET trusted = :trusted WHERE reporter = :reporter")
    session.execute(statement, {"trusted": trusted, "reporter": reporter_id(site, reporter)})


def _trusted(session: Session, case: Case) -> frozenset[int]:
    return gathering.trusted(session, outlines(session, [case.id], fields=()))


def test_a_case_with_a_flag_by_a_trusted_reader_is_known_without_reading_its_flags(
    session: Session, site: Site
) -> None:
    make_case(session, site, "one", reporter="a")
    _trusts(session, site, "a")
    case = make_case(session, site, "two", reporter="a")
    assert _trusted(session, case) == {case.id}


def test_trust_is_that_of_then(session: Session, site: Site) -> None:
    case = make_case(session, site, "one", reporter="a")
    _trusts(session, site, "a")
    assert _trusted(session, case) == set()
    later = make_case(session, site, "two", reporter="a")
    _trusts(session, site, "a", trusted=False)
    assert _trusted(session, later) == {later.id}


def test_a_trusted_flag_that_was_taken_back_is_none(session: Session, site: Site) -> None:
    make_case(session, site, "one", reporter="a")
    _trusts(session, site, "a")
    make_article(session, site, "two")
    flag = make_flag(session, site, "two", reporter="a")
    case = triaged(session, flag)
    intake.withdraw(session, flag_of(session, flag))
    assert _trusted(session, case) == set()


def test_repeat_flags_are_counted_only_where_a_rule_asks_for_them(session: Session, site: Site) -> None:
    _cleared(session, site)
    session.execute(text("UPDATE flags SET received_at = received_at - interval '1 hour'"))
    make_case(session, site, reporter="late")
    make_article(session, site, content=make_content("Something else."))
    facts = _facts(session, make_case(session, site, reporter="b", revision=2), "clears")
    assert (facts.clears, facts.repeat_flags) == (1, 0)
