"""That no part of keeping the order takes too long, and that nothing that fails keeps the rest from its turn."""

from __future__ import annotations

import time

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from moderation_service import automation, ordering, pipeline, readers
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database, driver_url
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from moderation_service.triage import records, voices
from moderation_service.triage import terms as site_terms
from moderation_service.triage.rules.entries import Mode
from tests.at_once import at_once
from tests.factories import (
    ACTOR,
    make_article,
    make_case,
    make_decision,
    make_flag,
    make_moderator,
    make_site,
    reporter_id,
    untriaged_count,
)
from tests.triage.rules.books import make_entry

ANY_FLAG = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}


@pytest.fixture
def site(database: Database) -> Site:
    with database.transaction() as session:
        return make_site(session)


@pytest.fixture
def ada(database: Database, site: Site) -> Person:
    with database.transaction() as session:
        return make_moderator(session)


def _cases(database: Database, site: Site, count: int) -> list[int]:
    with database.transaction() as session:
        return [make_case(session, site, f"a{n}").id for n in range(count)]


def _sink(session: Session) -> None:
    """Have every case sink at its next refresh."""
    session.execute(text("UPDATE cases SET opened_at = opened_at - interval '2 days'"))


def _refuse(settings: Settings, voice: str) -> None:
    """Have the database refuse what is written of such voices, as it would with a defect of ours in it."""
    with psycopg.connect(driver_url(settings.migration_database_url)) as connection:
        rule = f"ALTER TABLE voices ADD CONSTRAINT broken CHECK (NOT ({voice})) NOT VALID"
        connection.execute(rule.encode())


# Who asks for work is given it.


def test_a_case_is_given_to_who_asks_while_a_refresh_has_moved_it(
    database: Database, site: Site, ada: Person, settings: Settings
) -> None:
    [case_id] = _cases(database, site, 1)
    with database.transaction() as refreshing:
        _sink(refreshing)
        assert ordering.refresh_part(refreshing, site.id).moved == 1
        with database.transaction() as session:
            given = pipeline.claim_next(session, ada, settings)
            assert given is not None
            assert given.case.id == case_id


def test_a_refresh_locks_no_case_that_stays_where_it_is(database: Database, site: Site, ada: Person) -> None:
    [case_id] = _cases(database, site, 1)
    with database.transaction() as refreshing:
        assert ordering.refresh_part(refreshing, site.id).moved == 0
        with database.transaction() as session:
            make_decision(session, cases.lock(session, case_id), ada)


def test_a_case_that_is_being_decided_is_given_to_nobody(
    database: Database, site: Site, ada: Person, settings: Settings
) -> None:
    """Decided with others at once, its claim is not to be seen before the decision is."""
    [case_id] = _cases(database, site, 1)
    with database.transaction() as session:
        bob = make_moderator(session, "bob")
    deciding = database.transaction()
    session = deciding.__enter__()
    make_decision(session, cases.lock(session, case_id), ada)

    def act(who: str) -> pipeline.Given | None:
        if who == "decides":
            time.sleep(0.3)
            deciding.__exit__(None, None, None)
            return None
        with database.transaction() as asking:
            return pipeline.claim_next(asking, bob, settings)

    assert at_once(act, ["decides", "asks"]) == [None, None]
    with database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM claims")).scalar_one() == 0


def test_twelve_who_ask_at_once_are_given_twelve_cases(database: Database, site: Site, settings: Settings) -> None:
    expected = set(_cases(database, site, 12))
    with database.transaction() as session:
        team = [make_moderator(session, f"m{n}") for n in range(12)]

    def ask(person: Person) -> int | None:
        with database.transaction() as session:
            given = pipeline.claim_next(session, person, settings)
            return None if given is None else given.case.id

    assert set(at_once(ask, team)) == expected


def test_who_mutes_a_reader_is_told_soon_that_the_site_is_busy(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_terms, "PEOPLES_WAIT", 1)
    _cases(database, site, 1)
    with database.transaction() as working:
        site_terms.lock(working, [site.id])
        started = time.monotonic()
        with database.transaction() as session:
            reader = records.find(session, reporter_id(site, "reader-1"))
            with pytest.raises(OperationalError, match="lock timeout"), session.begin_nested():
                readers.mute(session, reader, actor=ACTOR, note="brigade")
        assert time.monotonic() - started < 3


def test_a_worker_waits_for_a_site_longer_than_a_statement_may_last(database: Database, site: Site) -> None:
    def act(who: str) -> str:
        with database.transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = '300ms'"))
            if who == "waits":
                time.sleep(0.1)
            site_terms.lock(session, [site.id])
            if who == "works":
                time.sleep(1)
            return str(session.execute(text("SHOW statement_timeout")).scalar_one())

    assert at_once(act, ["works", "waits"]) == ["300ms", "300ms"]


# Parts.


def test_a_part_of_a_refresh_ends_at_so_many_voices(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "PART_VOICES", 2)
    _cases(database, site, 5)
    with database.transaction() as session:
        parts = [ordering.refresh_part(session, site.id) for _ in range(3)]
    assert [(part.looked_at, part.more) for part in parts] == [(2, True), (2, True), (1, False)]


def test_a_case_with_more_voices_than_a_part_is_refreshed_in_one_of_its_own(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "PART_VOICES", 2)
    monkeypatch.setattr(voices, "FETCHED", 2)
    with database.transaction() as session:
        case_id = [make_case(session, site, reporter=f"r{n}").id for n in range(5)][-1]
        session.execute(text("UPDATE voices SET weight = 0"))
        ordering.refresh_part(session, site.id)
        weights = session.execute(text("SELECT count(*), sum(weight) FROM voices WHERE weight > 0")).one()
        assert (5, session.get_one(Case, case_id, populate_existing=True).weight) == pytest.approx(tuple(weights))


def test_many_readers_of_one_batch_move_few_of_their_other_voices(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voices, "MOST_REWEIGHED", 1)
    with database.transaction() as session:
        for n in range(3):
            make_case(session, site, f"a{n}")
        session.execute(text("UPDATE voices SET weight = 99"))
        ordering.reweigh(session, {reporter_id(site, "reader-1"): site.id})
        assert session.execute(text("SELECT count(*) FROM voices WHERE weight <> 99")).scalar_one() == 1


# What fails keeps nothing else from its turn.


def test_a_verdict_that_cannot_be_judged_is_put_behind_the_others(
    database: Database, site: Site, ada: Person, settings: Settings
) -> None:
    first, second = _cases(database, site, 2)
    with database.transaction() as session:
        for case_id in (first, second):
            make_decision(session, cases.lock(session, case_id), ada, Action.CLEAR)
    _refuse(settings, f"case_id = {first} AND standing = 'rejected'")
    assert ordering.settle_each(database.transaction, most=100) == 1
    with database.transaction() as session:
        assert session.scalars(text("SELECT case_id FROM unsettled_cases")).all() == [first]
        assert records.find(session, reporter_id(site, "reader-1")).rejected == 1


def test_a_flag_that_cannot_be_triaged_is_passed_by(database: Database, site: Site, settings: Settings) -> None:
    with database.transaction() as session:
        make_article(session, site)
        for n in range(25):
            make_flag(session, site, reporter=f"r{n}")
        poison = reporter_id(site, "r12").hex()
    _refuse(settings, rf"reporter = '\x{poison}'")
    assert sum(pipeline.triage_all(database.transaction, limit=100)) == 24
    with database.transaction() as session:
        assert untriaged_count(session) == 1


def test_where_every_flag_fails_it_is_not_the_flags(
    database: Database, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_PASSED_BY", 1)
    with database.transaction() as session:
        make_article(session, site)
        for n in range(3):
            make_flag(session, site, reporter=f"r{n}")
    _refuse(settings, "true")
    with pytest.raises(DBAPIError, match="broken"):
        list(pipeline.triage_all(database.transaction, limit=1))


def test_a_site_that_cannot_be_refreshed_keeps_no_other_from_it(
    database: Database, site: Site, settings: Settings
) -> None:
    with database.transaction() as session:
        bad = make_case(session, make_site(session, "bay")).id
        make_case(session, make_site(session, "dune"))
        session.execute(text("UPDATE voices SET weight = 0.5"))
        _sink(session)
    _refuse(settings, f"case_id = {bad}")
    assert ordering.refresh(database.transaction, most=100) == 1
    with database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM voices WHERE weight = 0.5")).scalar_one() == 1


# Taking back.


def test_a_rule_is_taken_back_part_by_part(database: Database, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automation, "PART", 2)
    with database.transaction() as session:
        to_do = [{"do": "escalate"}]
        entry = make_entry(session, "all", actions=to_do, mode=Mode.LIVE, conditions=ANY_FLAG)
        for n in range(5):
            make_case(session, site, f"a{n}")
        assert pipeline.revert_rule(session, entry.version, actor=ACTOR).more
    done = pipeline.revert_whole_rule(database.transaction, entry.version, actor=ACTOR)
    assert (done.firings, done.cases, done.more) == (3, 3, False)
    with database.transaction() as session:
        assert session.execute(text("SELECT sum(escalation) FROM cases")).scalar_one() == 0
