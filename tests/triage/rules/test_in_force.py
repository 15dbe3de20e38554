"""What runs now: remembered until the book changes, and never older than it."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from moderation_service.db import Database
from moderation_service.triage.models import RuleVersion
from moderation_service.triage.rules import book
from moderation_service.triage.rules.entries import Mode
from moderation_service.triage.rules.in_force import rules_in_force
from tests.factories import make_site
from tests.triage.rules.books import ANN, enable, make_entry, make_rule


def names(session: Session) -> list[str]:
    """Of the rules that run, in their order."""
    return [one.rule.name for one in rules_in_force(session)]


def test_live_and_shadow_rules_run_in_the_order_of_position_then_name(session: Session) -> None:
    site = make_site(session)
    for name, position, mode in (("c", 2, Mode.LIVE), ("b", 2, Mode.SHADOW), ("a", 9, Mode.LIVE), ("d", 1, Mode.DRAFT)):
        make_entry(session, name, position=position, mode=mode, site="courier")
    make_entry(session, "e", mode=Mode.RETIRED)
    assert [(one.rule.name, one.mode, one.site_id) for one in rules_in_force(session)] == [
        ("b", Mode.SHADOW, site.id),
        ("c", Mode.LIVE, site.id),
        ("a", Mode.LIVE, site.id),
    ]


def test_nothing_runs_in_an_empty_book(session: Session) -> None:
    assert rules_in_force(session) == ()


def test_unchanged_book_costs_one_statement(database: Database) -> None:
    with database.transaction() as session:
        make_entry(session, mode=Mode.LIVE)
    statements: list[str] = []
    with database.transaction() as session:
        first = rules_in_force(session)
        event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
        assert rules_in_force(session) is first
    assert statements == ["SELECT max(rule_versions.id) AS max_1 \nFROM rule_versions"]


def test_every_change_shows_at_once(session: Session) -> None:
    entry = make_entry(session, mode=Mode.LIVE)
    assert names(session) == ["three-readers"]
    book.change(session, entry.rule, said=make_rule(position=3), author=ANN, because="x")
    assert rules_in_force(session)[0].rule.position == 3
    book.retire(session, entry.rule, author=ANN, because="x")
    assert names(session) == []


def undone(database: Database) -> None:
    """A transaction that sees its own live rule, and ends in an error."""
    with database.transaction() as session:
        make_entry(session, "undone", mode=Mode.LIVE)
        assert names(session) == ["undone"]
        raise ZeroDivisionError


def test_what_was_rolled_back_is_forgotten(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        undone(database)
    with database.transaction() as session:
        assert names(session) == []
        make_entry(session, "done", mode=Mode.LIVE)
        assert names(session) == ["done"]


def test_live_since_is_when_it_went_live_and_changed_at_when_it_last_changed(database: Database) -> None:
    with database.transaction() as session:
        rule = make_entry(session, mode=Mode.LIVE).rule
        (before,) = rules_in_force(session)
    with database.transaction() as session:
        book.change(session, rule, said=make_rule(position=3), author=ANN, because="x")
        (after,) = rules_in_force(session)
    assert after.live_since == before.live_since == before.changed_at
    assert after.changed_at > before.changed_at


def test_live_since_begins_anew_after_a_time_in_shadow(database: Database) -> None:
    with database.transaction() as session:
        entry = make_entry(session, mode=Mode.LIVE)
    with database.transaction() as session:
        enable(session, entry, Mode.SHADOW)
        assert rules_in_force(session)[0].live_since is None
        enable(session, entry, Mode.LIVE)
        (again,) = rules_in_force(session)
    assert again.live_since == again.changed_at > entry.version.created_at


def test_version_that_cannot_be_read_is_left_out_and_told(session: Session) -> None:
    make_entry(session, "good", mode=Mode.LIVE)
    bad = make_entry(session, "bad").rule
    # An older version of the service wrote what this one has no word for.
    session.add(RuleVersion(rule_id=bad.id, number=2, mode="live", document={"old": 1}, author=ANN, because="x"))
    session.flush()
    with capture_logs() as logs:
        assert names(session) == ["good"]
        assert names(session) == ["good"]
    assert [(log["event"], log["rule"]) for log in logs] == [("rule.unreadable", "bad")]
