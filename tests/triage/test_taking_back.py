"""A reader who takes his flag back while triage has it in its hands: either it was heard first, or it never was."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from moderation_service import pipeline
from moderation_service.cases import arrivals
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.intake import service as intake
from moderation_service.intake.models import Flag
from moderation_service.triage.models import Voice
from tests.factories import make_article, make_flag, make_site, settle


@pytest.fixture
def receipt(database: Database) -> UUID:
    """The receipt of a flag that waits for triage, with another beside it."""
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        make_flag(session, site, reporter="other")
        return make_flag(session, site).receipt


def _take_back(database: Database, receipt: UUID, *, patience: str = "10s") -> None:
    with database.transaction() as session:
        session.execute(text(f"SET LOCAL lock_timeout = '{patience}'"))
        site_id = session.scalars(select(Flag.site_id)).first()
        assert site_id is not None
        pipeline.withdraw_flag(session, site_id, receipt)


def _triage(database: Database) -> int:
    with database.transaction() as session:
        return pipeline.triage(session, limit=100)


def _settled(database: Database) -> tuple[list[str], list[int]]:
    """What came of it: the standings of the voices, and how many voices each case has."""
    with database.transaction() as session:
        settle(session)
    with database.transaction() as session:
        standings = session.scalars(select(Voice.standing).order_by(Voice.standing)).all()
        return list(standings), list(session.scalars(select(Case.voices)))


def test_a_flag_taken_back_after_it_was_put_into_its_case_leaves_no_voice(database: Database, receipt: UUID) -> None:
    with database.transaction() as triaging:
        pipeline.triage(triaging, limit=100)
        reader = Thread(target=_take_back, args=(database, receipt))
        reader.start()
        reader.join(0.3)
        assert reader.is_alive()
    reader.join(5)
    assert _settled(database) == (["pending", "withdrawn"], [1])


def _meanwhile(monkeypatch: pytest.MonkeyPatch, room: Any, verb: str, act: Callable[[], object]) -> None:
    """Let something happen between two statements of triage."""
    verb_itself = getattr(room, verb)

    def interrupted(*arguments: Any, **options: Any) -> Any:
        act()
        return verb_itself(*arguments, **options)

    monkeypatch.setattr(room, verb, interrupted)


def test_a_flag_taken_back_before_the_batch_looks_costs_the_others_nothing(
    database: Database, receipt: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    _meanwhile(monkeypatch, intake, "lock_standing", lambda: _take_back(database, receipt))
    assert _triage(database) == 2
    assert _settled(database) == (["pending"], [1])


@pytest.mark.parametrize(("room", "verb"), [(arrivals, "attach"), (intake, "mark_triaged")])
def test_while_the_batch_is_made_nothing_is_taken_back(
    database: Database, receipt: UUID, monkeypatch: pytest.MonkeyPatch, room: Any, verb: str
) -> None:
    def impatient() -> None:
        with pytest.raises(OperationalError):
            _take_back(database, receipt, patience="50ms")

    _meanwhile(monkeypatch, room, verb, impatient)
    _triage(database)
    assert _settled(database) == (["pending", "pending"], [2])
