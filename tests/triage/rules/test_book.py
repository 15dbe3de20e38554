"""The book of rules: versions, modes, two persons, and the service standing a rule down."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.db import Database, finish
from moderation_service.errors import Conflict, Forbidden, Invalid, NotFound
from moderation_service.triage.rules import book
from moderation_service.triage.rules.entries import TRANSITIONS, Mode, entries, find, history
from tests.at_once import at_once
from tests.factories import make_site
from tests.triage.rules.books import ANN, BEN, enable, make_entry, make_rule, want_two_persons


def test_new_rule_is_a_draft_with_its_author_and_his_reason(session: Session) -> None:
    version = book.add(session, make_rule(), author=ANN, because="Asked for on Monday.").version
    assert (version.number, version.mode, version.author) == (1, "draft", ANN)
    assert version.because == "Asked for on Monday."


def test_document_is_kept_written_the_usual_way(session: Session) -> None:
    said = make_rule(conditions={"field": "reporters", "within": "1440m", "operator": ">=", "value": 3})
    assert book.add(session, said, author=ANN, because="x").version.document["conditions"]["within"] == "24h"


def test_same_name_twice_on_a_site_is_refused(session: Session) -> None:
    make_entry(session)
    with pytest.raises(Conflict):
        make_entry(session)


def test_same_name_may_stand_on_each_site_and_for_all(session: Session) -> None:
    site = make_site(session)
    one, all_of_them = make_entry(session, site="courier"), make_entry(session)
    assert find(session, "three-readers", site_id=site.id).rule is one.rule
    assert find(session, "three-readers", site_id=None).rule is all_of_them.rule


def test_rule_of_an_unknown_site_is_refused_by_its_path(session: Session) -> None:
    with pytest.raises(Invalid) as caught:
        make_entry(session, site="nowhere")
    assert caught.value.field == "document.site"


def test_rule_that_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound):
        find(session, "none", site_id=None)


def test_change_is_a_new_version_in_the_same_mode_and_the_old_one_stays(session: Session) -> None:
    rule = make_entry(session, mode=Mode.LIVE).rule
    changed = book.change(session, rule, said=make_rule(position=7), author=BEN, because="Earlier.")
    assert (changed.version.number, changed.mode, changed.version.author, rule.position) == (3, Mode.LIVE, BEN, 7)
    assert [v.document["position"] for v in history(session, rule.id)] == [100, 100, 7]


def test_saying_the_same_again_is_no_version(session: Session) -> None:
    rule = make_entry(session).rule
    assert book.change(session, rule, said=make_rule(), author=BEN, because="x").version.number == 1


def test_rule_keeps_its_name_and_its_site(session: Session) -> None:
    make_site(session)
    rule = make_entry(session).rule
    for other in (make_rule("other"), make_rule(site="courier")):
        with pytest.raises(Invalid):
            book.change(session, rule, said=other, author=ANN, because="x")


def test_change_of_what_somebody_else_changed_meanwhile_is_refused(session: Session) -> None:
    rule = make_entry(session).rule
    book.change(session, rule, said=make_rule(position=1), author=BEN, because="x", seen=1)
    with pytest.raises(Conflict) as caught:
        book.change(session, rule, said=make_rule(position=2), author=ANN, because="x", seen=1)
    assert caught.value.extra == {"version": 2, "mode": Mode.DRAFT}


@pytest.mark.parametrize(("before", "after"), [*itertools.product(Mode, [Mode.SHADOW, Mode.LIVE])])
def test_modes_change_as_the_table_says(session: Session, before: Mode, after: Mode) -> None:
    entry = make_entry(session, mode=before)
    if after is before or after in TRANSITIONS[before]:
        assert enable(session, entry, after).mode is after
    else:
        with pytest.raises(Conflict):
            enable(session, entry, after)


def test_enabling_what_is_enabled_is_no_version(session: Session) -> None:
    entry = make_entry(session, mode=Mode.SHADOW)
    assert enable(session, entry, Mode.SHADOW).version.id == entry.version.id


def test_any_rule_can_be_retired_once(session: Session) -> None:
    entry = make_entry(session, mode=Mode.LIVE)
    retired = [book.retire(session, entry.rule, author=BEN, because="Noise.") for _ in range(2)]
    assert {(entry.mode, entry.version.number) for entry in retired} == {(Mode.RETIRED, 3)}


def test_versions_are_never_overwritten(database: Database) -> None:
    with database.transaction() as session:
        make_entry(session)
    with pytest.raises(DBAPIError, match="permission denied"), database.transaction() as session:
        session.execute(text("UPDATE rule_versions SET mode = 'live'"))


# Two persons.


def test_first_person_only_asks(session: Session) -> None:
    want_two_persons(session, make_site(session))
    asked = enable(session, make_entry(session, site="courier"))
    assert (asked.mode, asked.version.number) == (Mode.DRAFT, 1)
    assert asked.request is not None
    assert (asked.request.author, asked.request.version_id) == (ANN, asked.version.id)


def test_second_person_makes_it_live_and_both_are_named(session: Session) -> None:
    want_two_persons(session, make_site(session))
    asked = enable(session, make_entry(session, site="courier"))
    agreed = book.confirm(session, asked.rule, author=BEN, seen=1)
    assert (agreed.mode, agreed.request) == (Mode.LIVE, None)
    assert (agreed.version.author, agreed.version.agreed_by) == (ANN, BEN)
    assert find(session, "three-readers", site_id=asked.rule.site_id) == agreed


def test_enabling_what_another_asked_for_confirms_it(session: Session) -> None:
    want_two_persons(session, make_site(session))
    asked = enable(session, make_entry(session, site="courier"))
    assert enable(session, asked, author=BEN).version.agreed_by == BEN


def test_nobody_agrees_with_himself(session: Session) -> None:
    want_two_persons(session, make_site(session))
    asked = enable(session, make_entry(session, site="courier"))
    with pytest.raises(Forbidden):
        book.confirm(session, asked.rule, author=ANN)
    with pytest.raises(Forbidden):
        enable(session, asked, author=ANN)


def test_what_nobody_asked_for_is_not_confirmed(session: Session) -> None:
    with pytest.raises(Conflict):
        book.confirm(session, make_entry(session).rule, author=BEN)


def test_rule_that_changed_has_to_be_asked_for_anew(session: Session) -> None:
    want_two_persons(session, make_site(session))
    rule = enable(session, make_entry(session, site="courier")).rule
    book.change(session, rule, said=make_rule(site="courier", position=1), author=ANN, because="x")
    with pytest.raises(Conflict):
        book.confirm(session, rule, author=BEN)


def test_withdrawn_request_is_gone(session: Session) -> None:
    want_two_persons(session, make_site(session))
    rule = enable(session, make_entry(session, site="courier")).rule
    assert book.withdraw(session, rule, author=BEN).request is None
    with pytest.raises(Conflict):
        book.withdraw(session, rule, author=BEN)


def test_change_of_a_live_rule_waits_in_shadow_for_the_second_person(session: Session) -> None:
    site = make_site(session)
    rule = make_entry(session, site="courier", mode=Mode.LIVE).rule
    want_two_persons(session, site)
    said = make_rule(site="courier", position=1)
    changed = book.change(session, rule, said=said, author=BEN, because="Earlier.")
    assert changed.mode is Mode.SHADOW
    assert book.confirm(session, rule, author=ANN).version.document["position"] == 1


def test_doing_less_takes_one_person(session: Session) -> None:
    site = make_site(session)
    live = make_entry(session, site="courier", mode=Mode.LIVE)
    want_two_persons(session, site)
    assert enable(session, live, Mode.SHADOW).mode is Mode.SHADOW
    assert book.retire(session, live.rule, author=ANN, because="x").mode is Mode.RETIRED


def test_rule_for_all_sites_takes_two_where_any_site_does_and_other_sites_rules_do_not(session: Session) -> None:
    make_site(session)
    want_two_persons(session, make_site(session, "gazette"))
    assert enable(session, make_entry(session)).request is not None
    assert enable(session, make_entry(session, site="courier")).mode is Mode.LIVE


# The service itself.


def test_service_stands_a_rule_down_and_says_why(session: Session) -> None:
    live = make_entry(session, mode=Mode.LIVE)
    stood = book.stand_down(session, live.version.id, to_mode=Mode.SHADOW, because="It touched 9 % of cases.")
    assert stood is not None
    assert (stood.mode, stood.version.author) == (Mode.SHADOW, "system")
    assert stood.version.document == live.version.document


def test_standing_down_twice_or_a_version_that_is_past_changes_nothing(session: Session) -> None:
    first = make_entry(session, mode=Mode.LIVE).version.id
    assert book.stand_down(session, first, to_mode=Mode.SHADOW, because="x") is not None
    assert book.stand_down(session, first, to_mode=Mode.SHADOW, because="x") is None


def test_what_does_not_run_is_not_stood_down(session: Session) -> None:
    retired = make_entry(session, mode=Mode.RETIRED)
    assert book.stand_down(session, retired.version.id, to_mode=Mode.SHADOW, because="x") is None


def test_many_workers_stand_a_rule_down_once(database: Database) -> None:
    with database.transaction() as session:
        live = make_entry(session, mode=Mode.LIVE)

    def notice(_: int) -> bool:
        with database.transaction() as session:
            stood = book.stand_down(session, live.version.id, to_mode=Mode.SHADOW, because="x")
        return stood is not None

    assert sorted(map(str, at_once(notice, range(8)))) == ["False"] * 7 + ["True"]


def test_one_of_many_who_add_the_same_name_at_once_succeeds(database: Database) -> None:
    def add(_: int) -> int:
        with database.transaction() as session:
            return make_entry(session).rule.id

    answers = at_once(add, range(6))
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 5 + ["int"]


# Order and evidence.


def test_rules_are_listed_as_they_run_with_those_for_all_sites(session: Session) -> None:
    courier, gazette = make_site(session), make_site(session, "gazette")
    make_entry(session, "late", position=9, site="courier")
    make_entry(session, "early", position=1)
    make_entry(session, "elsewhere", site="gazette")
    assert [entry.rule.name for entry in entries(session, sites=[courier.id])] == ["early", "late"]
    assert [entry.rule.name for entry in entries(session, sites=[gazette.id])] == ["early", "elsewhere"]
    assert len(entries(session)) == 3


def test_every_change_is_in_the_trail_under_its_author(session: Session) -> None:
    want_two_persons(session, make_site(session))
    rule = enable(session, make_entry(session, site="courier")).rule
    book.confirm(session, rule, author=BEN)
    finish(session)
    told = select(AuditEntry.actor, AuditEntry.action).where(AuditEntry.subject == f"rule:{rule.id}")
    assert session.execute(told.order_by(AuditEntry.id)).all() == [
        (ANN, "rule.added"),
        (ANN, "rule.live_requested"),
        (BEN, "rule.changed"),
    ]


def test_versions_become_visible_in_the_order_of_their_ids(database: Database) -> None:
    with database.transaction() as session:
        other = make_entry(session, "other")
    with database.transaction() as first:
        make_entry(first)
        with pytest.raises(DBAPIError, match="lock timeout"), database.transaction() as second:
            enable(second, other)
