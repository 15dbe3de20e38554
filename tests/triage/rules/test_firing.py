"""Rules that look at cases: once for each case, only in force, never at the cost of a batch, and within limits."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.intake.models import Flag
from moderation_service.sites.models import Site
from moderation_service.triage import models
from moderation_service.triage.rules import book, breaker, entries, gather, switches
from moderation_service.triage.rules.conditions import All
from moderation_service.triage.rules.entries import Entry, Mode
from tests.at_once import at_once
from tests.factories import make_article, make_case, make_flag, make_site
from tests.triage.rules.books import ANN, enable, make_entry

ANY_FLAG = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    make_article(session, site)
    return site


def _firings(session: Session, case: Case | None = None) -> list[models.RuleFiring]:
    query = select(models.RuleFiring).order_by(models.RuleFiring.id)
    return list(session.scalars(query if case is None else query.where(models.RuleFiring.case_id == case.id)))


def _three_readers(session: Session, site: Site) -> Case:
    for reporter in ("a", "b"):
        make_case(session, site, reporter=reporter)
    return make_case(session, site, reporter="c")


def _newest(session: Session, entry: Entry) -> Entry:
    return entries.find(session, entry.rule.name, site_id=entry.rule.site_id)


def _breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    def err(*_: Any) -> bool:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(All, "met", err)


def test_a_live_rule_fires_when_its_conditions_are_met_and_says_what_it_saw(session: Session, site: Site) -> None:
    entry = make_entry(session, mode=Mode.LIVE)
    case = _three_readers(session, site)
    (fired,) = _firings(session, case)
    assert (fired.version_id, fired.mode, fired.case_version) == (entry.version.id, "live", 1)
    assert (fired.facts[0]["value"], fired.facts[0]["wanted"]) == (3, 3)
    assert fired.actions == [{"do": "escalate", "done": True}]
    assert case.escalation == 1


def test_a_rule_whose_conditions_are_not_met_does_not_fire(session: Session, site: Site) -> None:
    make_entry(session, mode=Mode.LIVE)
    make_case(session, site, reporter="a")
    make_case(session, site, reporter="b")
    assert _firings(session) == []


def test_a_rule_in_shadow_records_and_touches_nothing(session: Session, site: Site) -> None:
    make_entry(session, mode=Mode.SHADOW)
    case = _three_readers(session, site)
    assert [fired.mode for fired in _firings(session, case)] == ["shadow"]
    assert (case.escalation, case.version) == (0, 1)


@pytest.mark.parametrize("mode", [Mode.DRAFT, Mode.RETIRED])
def test_a_rule_out_of_force_does_not_look(session: Session, site: Site, mode: Mode) -> None:
    make_entry(session, mode=mode)
    _three_readers(session, site)
    assert _firings(session) == []


def test_a_rule_of_another_site_does_not_look(session: Session, site: Site) -> None:
    make_site(session, "gazette")
    make_entry(session, site="gazette", mode=Mode.LIVE)
    _three_readers(session, site)
    assert _firings(session) == []


def test_a_version_fires_once_on_a_case(session: Session, site: Site) -> None:
    make_entry(session, mode=Mode.LIVE)
    _three_readers(session, site)
    case = make_case(session, site, reporter="d")
    assert len(_firings(session, case)) == 1


def test_the_next_version_may_fire_on_the_same_case_again(session: Session, site: Site) -> None:
    entry = make_entry(session, mode=Mode.SHADOW)
    _three_readers(session, site)
    enable(session, _newest(session, entry))
    case = make_case(session, site, reporter="d")
    assert [fired.mode for fired in _firings(session, case)] == ["shadow", "live"]


def test_a_case_that_was_there_before_the_rule_is_looked_at_on_request(session: Session, site: Site) -> None:
    case = _three_readers(session, site)
    make_entry(session, mode=Mode.LIVE)
    assert [fired.case_id for fired in pipeline.apply_rules(session, [case.id])] == [case.id]
    assert pipeline.apply_rules(session, [case.id]) == []


def test_flags_from_before_readers_were_weighed_count_as_readers_without_weight(session: Session, site: Site) -> None:
    counted = {"field": "counted", "within": "1d", "operator": ">", "value": 0}
    case = _three_readers(session, site)
    session.execute(text("UPDATE flags SET weight = NULL, reporter_upheld = NULL, reporter_fresh = NULL"))
    make_entry(session, mode=Mode.LIVE)
    make_entry(session, "weighed", conditions=counted, mode=Mode.LIVE)
    assert [fired.rule for fired in pipeline.apply_rules(session, [case.id])] == ["three-readers"]


def test_two_workers_with_one_case_fire_once(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        case = _three_readers(session, site)
        make_entry(session, mode=Mode.LIVE)
        make_entry(session, "another", position=1, mode=Mode.LIVE)

    def look(_: int) -> int:
        with database.transaction() as session:
            return len(pipeline.apply_rules(session, [case.id]))

    assert sorted(at_once(look, range(8))) == [0, 0, 0, 0, 0, 0, 0, 2]  # type: ignore[type-var]
    with database.transaction() as session:
        assert len(_firings(session)) == 2
        assert session.get_one(Case, case.id).version == 2


# What is read.


def test_flags_are_read_only_where_a_rule_could_fire(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    real = gather.with_flags

    def noting(session: Session, cases: Any, windows: Any) -> Any:
        read.extend(windows)
        return real(session, cases, windows)

    monkeypatch.setattr(gather, "with_flags", noting)
    severe = {"field": "severity", "operator": ">=", "value": 4}
    make_entry(session, conditions={"all": [ANY_FLAG, severe]}, mode=Mode.LIVE)
    make_article(session, site, "other")
    make_case(session, site, "other")
    case = make_case(session, site, reason="hate")
    assert read == [case.id]


# What errs.


def test_a_rule_that_errs_is_stood_down_and_the_batch_keeps_its_flags(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entry(session, "bad", conditions={"all": [ANY_FLAG]}, position=1, mode=Mode.LIVE)
    good = make_entry(session, "good", conditions=ANY_FLAG, mode=Mode.LIVE)
    _breaking(monkeypatch)
    case = make_case(session, site)
    assert session.scalars(select(Flag.case_id)).all() == [case.id]
    assert [fired.rule_id for fired in _firings(session, case)] == [good.rule.id]


def test_a_rule_that_errs_says_its_error(session: Session, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = make_entry(session, "bad", conditions={"all": [ANY_FLAG]}, mode=Mode.LIVE)
    _breaking(monkeypatch)
    make_case(session, site)
    stood_down = _newest(session, bad)
    assert (stood_down.mode, stood_down.version.author) == (Mode.DRAFT, "system")
    assert stood_down.version.because == "It erred: ZeroDivisionError: a defect"


def test_a_rule_that_cannot_be_stood_down_costs_no_flag_either(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entry(session, "bad", conditions={"all": [ANY_FLAG]}, mode=Mode.LIVE)
    _breaking(monkeypatch)
    monkeypatch.setattr(book, "stand_down", lambda session, *_, **__: session.execute(text("SELECT 1 / 0")))
    make_case(session, site)
    assert session.scalars(select(models.UnsettledCase)).all() == []  # the transaction still answers


# The circuit breaker.


def _many_cases(session: Session, site: Site, count: int) -> list[int]:
    for number in range(count):
        make_article(session, site, f"a{number}")
        make_flag(session, site, f"a{number}", reporter=f"r{number}")
    pipeline.triage(session, limit=1000)
    return list(session.scalars(select(Case.id).order_by(Case.id)))


def test_a_new_rule_that_touches_far_too_many_cases_falls_back_to_shadow(session: Session, site: Site) -> None:
    entry = make_entry(session, conditions=ANY_FLAG, mode=Mode.LIVE)
    cases = _many_cases(session, site, 21)
    fallen = _newest(session, entry)
    assert (fallen.mode, fallen.version.number) == (Mode.SHADOW, 3)
    assert "21 of 21 cases" in fallen.version.because
    assert [(f.case_id, f.mode, f.version_id) for f in _firings(session)] == [
        (case_id, "shadow", fallen.version.id) for case_id in cases
    ]


def test_what_fell_back_touches_no_case(session: Session, site: Site) -> None:
    make_entry(session, conditions=ANY_FLAG, mode=Mode.LIVE)
    _many_cases(session, site, 21)
    assert set(session.scalars(select(Case.escalation))) == {0}


def test_danger_to_life_is_never_switched_off(session: Session, site: Site) -> None:
    actions = [{"do": "escalate", "lane": "danger_to_life"}, {"do": "severity", "value": 5}]
    entry = make_entry(session, conditions=ANY_FLAG, actions=actions, mode=Mode.LIVE)
    _many_cases(session, site, 21)
    assert _newest(session, entry).mode is Mode.LIVE
    assert [fired.mode for fired in _firings(session)] == ["live"] * 21


def test_twenty_cases_never_trip_the_breaker(session: Session, site: Site) -> None:
    entry = make_entry(session, conditions=ANY_FLAG, mode=Mode.LIVE)
    _many_cases(session, site, 20)
    assert _newest(session, entry).mode is Mode.LIVE
    assert {fired.mode for fired in _firings(session)} == {"live"}


def test_batches_add_up(session: Session, site: Site) -> None:
    entry = make_entry(session, conditions=ANY_FLAG, mode=Mode.LIVE)
    _many_cases(session, site, 20)
    make_case(session, site)
    assert _newest(session, entry).mode is Mode.SHADOW
    assert [fired.mode for fired in _firings(session)] == ["live"] * 20 + ["shadow"]


CLOSED_MEANWHILE = """
INSERT INTO cases (site_id, article_id, severity, reasons, state, closed_at, closed_as)
SELECT site_id, article_id, 1, '{}', 'closed', now(), 'repeat' FROM cases CROSS JOIN generate_series(1, 20)
"""


def test_a_small_part_of_all_cases_does_not_trip_it(session: Session, site: Site) -> None:
    _many_cases(session, site, 21)
    session.execute(text(CLOSED_MEANWHILE))
    entry = make_entry(session, conditions=ANY_FLAG, mode=Mode.LIVE)
    pipeline.apply_rules(session, list(session.scalars(select(Case.id))))
    assert _newest(session, entry).mode is Mode.LIVE


def test_a_rule_that_has_proved_itself_for_a_day_is_trusted(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "NEW_FOR", breaker.NEW_FOR * 0)
    entry = make_entry(session, conditions=ANY_FLAG, mode=Mode.LIVE)
    _many_cases(session, site, 21)
    assert _newest(session, entry).mode is Mode.LIVE


# The kill switch.


@pytest.mark.parametrize("everywhere", [True, False])
def test_with_the_kill_switch_rules_only_record(session: Session, site: Site, everywhere: bool) -> None:
    make_entry(session, mode=Mode.LIVE)
    switches.switch_off(session, None if everywhere else site.id, author=ANN, because="An attack.")
    case = _three_readers(session, site)
    assert [fired.mode for fired in _firings(session, case)] == ["shadow"]
    assert case.escalation == 0


def test_the_kill_switch_of_one_site_leaves_others_alone(session: Session, site: Site) -> None:
    make_entry(session, mode=Mode.LIVE)
    switches.switch_off(session, make_site(session, "gazette").id, author=ANN, because="An attack.")
    assert [fired.mode for fired in _firings(session, _three_readers(session, site))] == ["live"]


def test_what_fired_is_told_in_the_order_of_the_rules(session: Session, site: Site) -> None:
    case = _three_readers(session, site)
    make_entry(session, "second", position=2, mode=Mode.LIVE)
    make_entry(session, "first", position=1, mode=Mode.LIVE)
    assert [fired.rule for fired in pipeline.apply_rules(session, [case.id])] == ["first", "second"]


def test_what_was_only_recorded_under_the_kill_switch_fires_once_it_may(session: Session, site: Site) -> None:
    make_entry(session, mode=Mode.LIVE)
    switches.switch_off(session, site.id, author=ANN, because="An attack.")
    case = _three_readers(session, site)
    switches.switch_on(session, site.id, author=ANN, because="It is over.")
    case = make_case(session, site, reporter="d")
    assert [(fired.mode, fired.facts[0]["value"]) for fired in _firings(session, case)] == [("live", 4)]
    assert case.escalation == 1
    assert pipeline.apply_rules(session, [case.id]) == []


def test_two_workers_act_once_on_what_was_only_recorded(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        make_entry(session, mode=Mode.LIVE)
        switches.switch_off(session, None, author=ANN, because="An attack.")
        case = _three_readers(session, site)
        switches.switch_on(session, None, author=ANN, because="It is over.")

    def look(_: int) -> int:
        with database.transaction() as session:
            return len(pipeline.apply_rules(session, [case.id]))

    assert sorted(at_once(look, range(4))) == [0, 0, 0, 1]  # type: ignore[type-var]


def test_a_version_in_shadow_records_once(session: Session, site: Site) -> None:
    make_entry(session, mode=Mode.SHADOW)
    case = _three_readers(session, site)
    assert pipeline.apply_rules(session, [case.id]) == []
