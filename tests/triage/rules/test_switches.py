"""The kill switch, for a site and for all of them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.db import finish
from moderation_service.triage.rules.switches import switch_off, switch_on, switched_off, switches
from tests.factories import make_site
from tests.triage.rules.books import ANN, BEN


def test_automation_is_on_where_nobody_turned_it(session: Session) -> None:
    assert switched_off(session, [make_site(session).id]) == frozenset()


def test_one_site_is_switched_off_and_on(session: Session) -> None:
    courier, gazette = make_site(session), make_site(session, "gazette")
    switch_off(session, courier.id, author=ANN, because="A brigade.")
    assert switched_off(session, [courier.id, gazette.id]) == {courier.id}
    switch_on(session, courier.id, author=ANN, because="It is over.")
    assert switched_off(session, [courier.id, gazette.id]) == frozenset()


def test_switch_for_all_overrides_those_of_sites(session: Session) -> None:
    site = make_site(session)
    switch_on(session, site.id, author=ANN, because="x")
    switch_off(session, None, author=ANN, because="A brigade.")
    assert switched_off(session, [site.id]) == {site.id}


def test_switch_says_who_turned_it_last_and_why(session: Session) -> None:
    switch_off(session, None, author=ANN, because="A brigade.")
    switch_on(session, None, author=BEN, because="It is over.")
    (switch,) = switches(session)
    assert (switch.off, switch.author, switch.because) == (False, BEN, "It is over.")


def test_switches_of_other_sites_are_not_listed(session: Session) -> None:
    courier, gazette = make_site(session), make_site(session, "gazette")
    for site_id in (courier.id, gazette.id, None):
        switch_off(session, site_id, author=ANN, because="x")
    assert [switch.site_id for switch in switches(session, sites=[courier.id])] == [None, courier.id]


def test_each_turn_is_in_the_trail(session: Session) -> None:
    switch_off(session, None, author=ANN, because="x")
    switch_on(session, None, author=BEN, because="x")
    finish(session)
    told = select(AuditEntry.actor, AuditEntry.action).where(AuditEntry.subject == "automation:all")
    assert session.execute(told.order_by(AuditEntry.id)).all() == [
        (ANN, "automation.switched_off"),
        (BEN, "automation.switched_on"),
    ]
