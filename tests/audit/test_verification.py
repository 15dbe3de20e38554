"""Verifications of the trail: asked for, run by a worker, and kept."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import workers.audit as worker
from moderation_service.audit import verification
from moderation_service.audit.models import AuditEntry, Verification
from tests.audit.conftest import Trail
from workers import running


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch, trail: Trail) -> None:
    """The worker works on the test's database, and tells each step."""
    for module in (worker, running):
        monkeypatch.setattr(module, "database", lambda: trail.database)
    monkeypatch.setattr(running, "SECONDS_BETWEEN_WORDS", 1e9)
    monkeypatch.setattr(running, "stopping", threading.Event())


def ask(trail: Trail) -> None:
    with trail.database.transaction() as session:
        verification.ask(session, actor="moderator:1")


def kept(trail: Trail) -> Verification:
    with trail.database.transaction() as session:
        return session.scalars(select(Verification)).one()


def test_what_a_worker_found_is_kept(written: Trail) -> None:
    ask(written)
    assert (worker.drain(), worker.drain()) == (1, 0)
    row = kept(written)
    # Ten entries, and that it was asked for.
    assert (row.state, row.entries, row.faults, row.done) == ("done", 11, 0, 1.0)
    assert row.until is not None


def test_what_was_tampered_with_is_kept_in_words(written: Trail) -> None:
    written.tamper("UPDATE audit_entries SET actor = 'nobody' WHERE seq = 3")
    ask(written)
    worker.drain()
    row = kept(written)
    assert row.faults == 1
    assert "entry 3: does not match its hash" in row.findings[0]


def test_every_night_one_is_asked_for(trail: Trail) -> None:
    worker.nightly()
    with trail.database.transaction() as session:
        assert session.scalars(select(AuditEntry.actor)).all() == ["system"]
    assert kept(trail).state == "waiting"


def test_whoever_asks_while_one_waits_is_served_by_that(trail: Trail) -> None:
    ask(trail)
    ask(trail)
    assert worker.drain() == 1


def test_a_worker_that_is_stopped_leaves_it_to_another(written: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(written)

    def stopped(_session: Session, **_options: object) -> None:
        raise running.Stopped

    monkeypatch.setattr(worker, "verify", stopped)
    worker.run_one()
    assert kept(written).state == "waiting"


def test_one_that_breaks_says_so(written: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(written)

    def broken(_session: Session, **_options: object) -> None:
        raise ZeroDivisionError("the reason")

    monkeypatch.setattr(worker, "verify", broken)
    worker.run_one()
    assert (kept(written).state, kept(written).error) == ("failed", "ZeroDivisionError: the reason")


def test_one_that_another_worker_took_over_is_not_overwritten(written: Trail) -> None:
    ask(written)
    with written.database.transaction() as session:
        late = verification.lease_next(session)
        assert late is not None
        session.get_one(Verification, late.verification_id).attempts += 1
    with written.database.transaction() as session:
        assert not verification.fail(session, late, "too late")
    assert kept(written).state == "running"
