"""Flags after they were recorded: the queue, withdrawal, and what is forgotten."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditEntry
from moderation_service.db import Database, finish
from moderation_service.errors import NotFound, StillRunning
from moderation_service.intake import service as intake
from moderation_service.intake.models import IdempotencyKey
from moderation_service.intake.submission import Target, fingerprint, new_receipt
from moderation_service.policy.vocabulary import SEVERITIES
from tests.factories import flag_of, make_article, make_case, make_flag, make_site, untriaged_count

KEY = fingerprint(b"key")


def _actions(session: Session) -> list[str]:
    finish(session)
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_oldest_flags_are_taken_first(session: Session) -> None:
    site = make_site(session)
    make_article(session, site)
    ids = [flag_of(session, make_flag(session, site, reporter=f"r{n}")).id for n in range(4)]
    assert sorted(intake.take_untriaged(session, 3)) == ids[:3]
    assert intake.take_untriaged(session, 3) == ids[3:]


def test_taken_flags_come_back_when_the_worker_fails(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        flag_id = flag_of(session, make_flag(session, site)).id
    with contextlib.suppress(ZeroDivisionError), database.transaction() as session:
        assert intake.take_untriaged(session, 10) == [flag_id]
        raise ZeroDivisionError
    with database.transaction() as session:
        assert intake.take_untriaged(session, 10) == [flag_id]


def test_a_batch_is_summed_up_article_by_article(session: Session) -> None:
    site = make_site(session)
    first, second = make_article(session, site, "one"), make_article(session, site, "two")
    flags = [
        make_flag(session, site, "one", "a", reason="spam"),
        make_flag(session, site, "one", "b", reason="hate"),
        make_flag(session, site, "two", "a", reason="spam"),
    ]
    ids = [flag_of(session, flag).id for flag in flags]
    assert intake.summarise(session, ids, SEVERITIES) == [
        intake.FlaggedArticle(first.id, site.id, 4, ["hate", "spam"], 1),
        intake.FlaggedArticle(second.id, site.id, 1, ["spam"], 1),
    ]


def test_withdrawn_flags_say_nothing(session: Session) -> None:
    site = make_site(session)
    make_article(session, site)
    flag = flag_of(session, make_flag(session, site))
    intake.withdraw(session, flag)
    assert intake.summarise(session, [flag.id], SEVERITIES) == []


def test_withdrawing_again_changes_nothing_and_is_audited_once(session: Session) -> None:
    site = make_site(session)
    make_article(session, site)
    recorded = make_flag(session, site)
    for _ in range(2):
        intake.withdraw(session, flag_of(session, recorded))
    assert _actions(session).count("flag.withdrawn") == 1


def test_a_flag_that_stands_again_before_triage_waits_for_it_once(session: Session) -> None:
    site = make_site(session)
    make_article(session, site)
    recorded = make_flag(session, site)
    intake.withdraw(session, flag_of(session, recorded))
    make_flag(session, site)
    assert untriaged_count(session) == 1
    assert _actions(session)[-1] == "flag.reinstated"


def test_a_flag_that_was_taken_while_withdrawn_waits_again_when_it_stands_again(session: Session) -> None:
    site = make_site(session)
    make_article(session, site)
    intake.withdraw(session, flag_of(session, make_flag(session, site)))
    intake.take_untriaged(session, 10)
    make_flag(session, site)
    assert untriaged_count(session) == 1


def test_a_flag_that_stands_again_waits_for_triage_to_hear_its_reader(session: Session) -> None:
    site = make_site(session)
    make_case(session, site)
    recorded = make_flag(session, site)
    intake.withdraw(session, flag_of(session, recorded))
    make_flag(session, site)
    assert untriaged_count(session) == 1


def test_a_receipt_is_another_sites_secret(session: Session) -> None:
    site, other = make_site(session), make_site(session, "herald")
    make_article(session, site)
    recorded = make_flag(session, site)
    with pytest.raises(NotFound):
        intake.by_receipt(session, other.id, recorded.receipt)


def test_a_receipt_that_was_never_given_is_not_found(session: Session) -> None:
    site = make_site(session)
    with pytest.raises(NotFound):
        intake.by_receipt(session, site.id, new_receipt())


def test_the_oldest_untriaged_flag_is_aged_by_the_databases_clock(session: Session) -> None:
    assert intake.oldest_untriaged(session) is None
    site = make_site(session)
    make_article(session, site)
    make_flag(session, site)
    session.execute(text("UPDATE untriaged_flags SET received_at = received_at - interval '90 s'"))
    waited = intake.oldest_untriaged(session)
    assert waited is not None
    assert timedelta(seconds=90) <= waited < timedelta(seconds=120)


def test_idempotency_keys_are_forgotten_after_their_time_only(session: Session) -> None:
    site = make_site(session)
    make_article(session, site)
    for n in range(2):
        make_flag(session, site, reporter=f"r{n}", idempotency_key=fingerprint(b"%d" % n))
    old = IdempotencyKey.key_digest == fingerprint(b"0")
    session.execute(update(IdempotencyKey).where(old).values(created_at=func.now() - timedelta(hours=25)))
    assert intake.forget_idempotency_keys(session, older_than=timedelta(hours=24)) == 1
    assert session.scalars(select(IdempotencyKey.key_digest)).all() == [fingerprint(b"1")]


def test_a_key_whose_first_request_still_runs_is_told_so(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
    with database.transaction() as running, database.transaction() as second:
        make_flag(running, site, idempotency_key=KEY, request=KEY)
        with pytest.raises(StillRunning):
            make_flag(second, site, idempotency_key=KEY, request=KEY)


@pytest.mark.parametrize(
    ("withdrawn", "in_case", "outcome", "told"),
    [
        (False, False, None, "received"),
        (False, True, None, "in review"),
        (False, True, "upheld", "upheld"),
        (False, True, "not upheld", "not upheld"),
        (True, False, None, "withdrawn"),
        (True, True, "upheld", "withdrawn"),
    ],
)
def test_where_a_flag_stands(session: Session, withdrawn: bool, in_case: bool, outcome: str | None, told: str) -> None:
    site = make_site(session)
    make_article(session, site)
    recorded = make_flag(session, site, target=Target("p1"))
    if in_case:
        session.execute(text("UPDATE flags SET case_id = 1, triaged_at = now()"))
    flag = flag_of(session, recorded)
    if withdrawn:
        intake.withdraw(session, flag)
    assert intake.state_of(flag_of(session, recorded), outcome=outcome) == told
