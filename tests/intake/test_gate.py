"""The gate as the API uses it: many threads, one flag each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from moderation_service.articles import service as articles
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.errors import Invalid, Unavailable
from moderation_service.intake.gate import Gate
from moderation_service.intake.models import Flag
from moderation_service.intake.record import record_one
from moderation_service.intake.submission import Recorded, Submission, fingerprint
from moderation_service.sites.models import Site
from tests.at_once import at_once
from tests.factories import flag_of, make_article, make_site, make_submission

CUT_ALL_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database() AND usename = current_user
"""


@pytest.fixture
def site(database: Database) -> Site:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
    return site


@pytest.fixture
def rung() -> list[str]:
    return []


@pytest.fixture
def gate(database: Database, settings: Settings, rung: list[str]) -> Iterator[Gate]:
    def slowly(submission: Submission) -> Recorded:
        with database.transaction() as session:
            return record_one(session, submission)

    with contextlib.closing(Gate(settings.replace(intake_timeout=10.0), slowly, lambda: rung.append("!"))) as gate:
        yield gate


def _count(database: Database) -> int:
    with database.transaction() as session:
        return session.execute(select(func.count()).select_from(Flag)).scalar_one()


def test_twenty_identical_flags_at_once_are_one_flag_with_one_receipt(
    database: Database, site: Site, gate: Gate
) -> None:
    answers = at_once(gate.submit, [make_submission(site) for _ in range(20)])
    recorded = [answer for answer in answers if isinstance(answer, Recorded)]
    assert sorted(answer.status for answer in recorded) == [200] * 19 + [202]
    assert len({answer.receipt for answer in recorded}) == 1
    assert _count(database) == 1


def test_twenty_of_one_key_at_once_are_one_flag_and_nothing_but_replays_or_still_running(
    database: Database, site: Site, gate: Gate
) -> None:
    key = fingerprint(b"key")
    answers = at_once(gate.submit, [make_submission(site, idempotency_key=key, request=key) for _ in range(20)])
    assert {type(answer).__name__ for answer in answers} <= {"Recorded", "StillRunning"}
    assert len({answer.receipt for answer in answers if isinstance(answer, Recorded)}) == 1
    assert _count(database) == 1


def test_twenty_first_flags_of_one_unknown_article_make_one_article(database: Database, site: Site, gate: Gate) -> None:
    url = f"{site.url}/unheard-of"
    answers = at_once(gate.submit, [make_submission(site, "new", f"reader-{n}", url=url) for n in range(20)])
    assert [answer.status for answer in answers if isinstance(answer, Recorded)] == [202] * 20
    with database.transaction() as session:
        assert session.execute(select(func.count(func.distinct(Flag.article_id)))).scalar_one() == 1


def test_an_address_is_its_articles_though_readers_make_up_ids_for_it_while_the_site_tells_of_it(
    database: Database, site: Site, gate: Gate
) -> None:
    url = f"{site.url}/mill"

    def tell_or_flag(number: int) -> None:
        if number == 0:
            with database.transaction() as session:
                make_article(session, site, "mill")
        gate.submit(make_submission(site, f"phantom-{number}", f"reader-{number}", url=url))

    assert at_once(tell_or_flag, range(8)) == [None] * 8
    late = [gate.submit(make_submission(site, f"phantom-{n}", f"late-{n}", url=url)) for n in range(8)]
    with database.transaction() as session:
        mill = articles.find(session, site.id, "mill")
        assert {flag_of(session, flag).article_id for flag in late} == {mill.id}


def test_flags_of_many_readers_at_once_are_all_there(database: Database, site: Site, gate: Gate) -> None:
    answers = at_once(gate.submit, [make_submission(site, reporter=f"reader-{n}") for n in range(40)])
    assert {answer.status for answer in answers if isinstance(answer, Recorded)} == {202}
    assert _count(database) == 40


def test_each_of_several_is_answered_on_its_own_and_in_its_place(site: Site, gate: Gate) -> None:
    sent = [make_submission(site, reporter=f"r{n}", revision=9 if n == 1 else None) for n in range(3)]
    first, second, third = gate.submit_all(sent)
    assert [getattr(answer, "receipt", None) for answer in (first, third)] == [sent[0].receipt, sent[2].receipt]
    assert isinstance(second, Invalid)


def test_triage_is_rung_once_for_a_batch(site: Site, gate: Gate, rung: list[str]) -> None:
    gate.submit_all([make_submission(site, reporter=f"r{n}") for n in range(5)])
    assert rung == ["!"]


def test_a_refused_flag_rings_nobody(site: Site, gate: Gate, rung: list[str]) -> None:
    with pytest.raises(Invalid):
        gate.submit(make_submission(site, revision=9))
    assert rung == []


def test_a_lane_whose_connection_was_cut_says_so_once_and_comes_back(
    database: Database, site: Site, gate: Gate
) -> None:
    gate.submit(make_submission(site))
    with database.engine.connect() as connection:
        connection.exec_driver_sql(CUT_ALL_OTHERS)
    with pytest.raises(Unavailable):
        gate.submit(make_submission(site, reporter="b"))
    assert gate.submit(make_submission(site, reporter="b")).status == 202
