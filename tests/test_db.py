"""A part of a transaction that may fail by itself."""

from __future__ import annotations

import contextlib

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.db import Database, after_commit, attempt, finish
from moderation_service.sites.models import Site
from tests.factories import make_site


def _fail(session: Session) -> None:
    with contextlib.suppress(DataError), attempt(session):
        make_site(session, "gazette")
        session.execute(text("SELECT 1 / 0"))


def test_a_failure_is_the_callers_to_handle(session: Session) -> None:
    with pytest.raises(DataError), attempt(session):
        session.execute(text("SELECT 1 / 0"))


def test_what_fails_is_undone_alone(session: Session) -> None:
    make_site(session, "courier")
    _fail(session)
    assert session.scalars(select(Site.slug)).all() == ["courier"]


def test_what_was_undone_is_not_in_the_trail(session: Session) -> None:
    site = make_site(session, "courier")
    _fail(session)
    finish(session)
    assert session.scalars(select(AuditEntry.subject)).all() == [f"site:{site.id}"]


def test_what_was_undone_rings_nobody(database: Database) -> None:
    rung: list[str] = []
    with database.transaction() as session:
        after_commit(session, lambda: rung.append("before"))
        with contextlib.suppress(ZeroDivisionError), attempt(session):
            after_commit(session, lambda: rung.append("within"))
            raise ZeroDivisionError
    assert rung == ["before"]


def test_what_succeeds_is_kept_with_all_it_asked_for(session: Session) -> None:
    with attempt(session):
        make_site(session, "courier")
    finish(session)
    assert len(session.scalars(select(AuditEntry.id)).all()) == 1
