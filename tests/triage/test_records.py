"""Readers' standing: what each word changes, what it cannot, what the trail keeps, and what their voices weigh then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service import ordering, pipeline, readers
from moderation_service.audit.models import AuditEntry
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.errors import Conflict, Forbidden, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from moderation_service.triage import order, records
from moderation_service.triage.models import Reporter, RuleFiring, Voice
from moderation_service.triage.order import Terms
from moderation_service.triage.rules.entries import Mode
from tests.at_once import at_once
from tests.factories import ACTOR, make_article, make_case, make_decision, make_flag, make_moderator, make_site, settle
from tests.factories import reporter_id as hash_of
from tests.triage.rules.books import make_entry

STRANGER = bytes(16)
ASKED = {"muted": "asked", "muted_by_version": 7}
WORDS: dict[str, Any] = {"actor": ACTOR, "note": "He asked for it."}
Verb = Callable[..., bool]


@pytest.fixture
def reader(session: Session, site: Site) -> Reporter:
    """A reader with one voice, in an open case."""
    make_case(session, site, reporter="a")
    return records.find(session, hash_of(site, "a"))


def _give(session: Session, reader: Reporter, **standing: Any) -> None:
    for field, value in standing.items():
        setattr(reader, field, value)
    session.flush()


def _case(session: Session) -> Case:
    return session.scalars(select(Case), execution_options={"populate_existing": True}).one()


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        (records.mute, {}, ("confirmed", False)),
        (records.mute, ASKED, ("confirmed", False)),
        (records.unmute, ASKED, (None, False)),
        (records.unmute, {"muted": "confirmed"}, (None, False)),
        (records.trust, {}, (None, True)),
        (records.distrust, {"trusted": True}, (None, False)),
    ],
)
def test_a_word_changes_a_standing_once(
    session: Session, reader: Reporter, verb: Verb, before: dict[str, Any], after: tuple[str | None, bool]
) -> None:
    _give(session, reader, **before)
    assert verb(session, reader, **WORDS)
    assert (reader.muted, reader.trusted) == after
    assert (reader.note, reader.noted_by) == (WORDS["note"], ACTOR)
    assert not verb(session, reader, actor="another", note="Me too.")
    assert reader.noted_by == ACTOR


@pytest.mark.parametrize(
    ("verb", "before"),
    [(records.mute, {"trusted": True}), (records.trust, ASKED), (records.trust, {"muted": "confirmed"})],
)
def test_nobody_is_trusted_and_muted(session: Session, reader: Reporter, verb: Verb, before: dict[str, Any]) -> None:
    _give(session, reader, **before)
    with pytest.raises(Conflict):
        verb(session, reader, **WORDS)


def test_a_confirmed_mute_still_says_which_rule_asked_and_when(session: Session, reader: Reporter) -> None:
    _give(session, reader, **ASKED)
    session.execute(text("UPDATE reporters SET muted_at = '2026-01-02T03:04:05Z'"))
    records.mute(session, reader, **WORDS)
    assert (reader.muted_by_version, reader.muted_at and reader.muted_at.year) == (7, 2026)
    records.unmute(session, reader, **WORDS)
    assert (reader.muted_by_version, reader.muted_at) == (None, None)


def test_a_rules_mute_is_dated_by_its_firing_and_lifted_with_it(session: Session, site: Site, reader: Reporter) -> None:
    _give(session, reader, rejected=3)
    mutes = {"do": "mute", "reporters": {"rejected_at_least": 3, "upheld_share_below": 0.5}}
    conditions = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}
    entry = make_entry(session, mode=Mode.LIVE, conditions=conditions, actions=[mutes])
    make_case(session, site, "bell", reporter="a")
    session.refresh(reader)
    fired_at = session.scalars(select(RuleFiring.fired_at)).one()
    assert (reader.muted, reader.muted_by_version, reader.muted_at) == ("asked", entry.version.id, fired_at)
    pipeline.revert_rule(session, entry.version, actor=ACTOR)
    session.refresh(reader)
    assert (reader.muted, reader.muted_at) == (None, None)


def test_the_trail_says_who_changed_what_and_of_the_reader_no_more_than_his_hash(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_case(session, site, reporter="a")
    with database.transaction() as session:
        records.mute(session, records.find(session, hash_of(site, "a")), **WORDS)
    with database.transaction() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "reporter.muted"))
        assert (entry.actor, entry.subject) == (ACTOR, f"reporter:{hash_of(site, 'a').hex()}")
        assert (entry.site_id, entry.detail) == (site.id, {"muted": "confirmed", "trusted": False})


def test_a_word_that_changes_nothing_leaves_no_trail(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_case(session, site, reporter="a")
    with database.transaction() as session:
        records.unmute(session, records.find(session, hash_of(site, "a")), **WORDS)
    with database.transaction() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.subject.startswith("reporter:"))).all() == []


def test_there_is_no_reader_of_whom_nothing_is_known(session: Session, site: Site) -> None:
    with pytest.raises(NotFound):
        records.find(session, STRANGER)


def test_who_is_met_before_he_flags_has_no_first_flag_until_then(session: Session, site: Site) -> None:
    reader = readers.meet(session, hash_of(site, "a"), site_id=site.id)
    assert (reader.first_flag_at, reader.pending, readers.meet(session, reader.reporter, site_id=site.id)) == (
        None,
        0,
        reader,
    )
    make_case(session, site, reporter="a")
    session.refresh(reader)
    assert reader.first_flag_at is not None
    assert reader.pending == 1


# With their cases.


def test_muting_takes_the_weight_of_waiting_voices_out_of_their_cases(session: Session, reader: Reporter) -> None:
    before = _case(session).urgency
    readers.mute(session, reader, **WORDS)
    case = _case(session)
    assert (case.weight, case.voices, case.urgency < before) == (0.0, 1, True)


def test_unmuting_gives_it_back(session: Session, reader: Reporter) -> None:
    before = _case(session).weight
    readers.mute(session, reader, **WORDS)
    readers.unmute(session, reader, **WORDS)
    assert before > 0
    assert _case(session).weight == pytest.approx(before)


def test_trust_weighs_as_much_as_any_record_can(session: Session, reader: Reporter) -> None:
    readers.trust(session, reader, **WORDS)
    assert _case(session).weight == pytest.approx(order.weight(order.Record(trusted=True), Terms()))


def test_distrust_leaves_what_the_record_says(session: Session, reader: Reporter) -> None:
    before = _case(session).weight
    readers.trust(session, reader, **WORDS)
    readers.distrust(session, reader, **WORDS)
    assert _case(session).weight == pytest.approx(before)


def test_who_was_trusted_before_he_flagged_counts_so_from_his_first_flag(session: Session, site: Site) -> None:
    reader = readers.meet(session, hash_of(site, "a"), site_id=site.id)
    readers.trust(session, reader, **WORDS)
    assert make_case(session, site, reporter="a").weight == pytest.approx(
        order.weight(order.Record(trusted=True), Terms())
    )


def test_a_mute_leaves_alone_what_was_decided(session: Session, site: Site, reader: Reporter) -> None:
    case = _case(session)
    make_decision(session, case, make_moderator(session))
    settle(session)
    session.refresh(reader)
    voice = session.get_one(Voice, (case.id, reader.reporter), populate_existing=True)
    before = (reader.upheld, reader.rejected, reader.pending, voice.weight)
    readers.mute(session, reader, **WORDS)
    session.refresh(voice)
    assert (reader.upheld, reader.rejected, reader.pending, voice.weight) == before
    assert (before[0], voice.standing) == (1, "upheld")


def test_the_whole_recomputed_is_the_same(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        for external_id, reader in (("ferry", "a"), ("ferry", "b"), ("bell", "a")):
            make_case(session, site, external_id, reporter=reader)
    ordering.recompute(database.transaction)  # what the arrivals taught comes into force
    with database.transaction() as session:
        readers.mute(session, records.find(session, hash_of(site, "a")), **WORDS)
        readers.trust(session, records.find(session, hash_of(site, "b")), **WORDS)
    assert ordering.recompute(database.transaction) == (2, 0)


def test_a_word_and_a_flag_at_once_end_in_one_weight(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_case(session, site, reporter="a")
        make_article(session, site, "bell")
        make_flag(session, site, "bell", reporter="a")

    def do(what: str) -> None:
        with database.transaction() as session:
            if what == "triage":
                pipeline.triage(session, limit=10)
            else:
                readers.mute(session, records.find(session, hash_of(site, "a")), **WORDS)

    assert at_once(do, ["triage", "mute"]) == [None, None]
    with database.transaction() as session:
        assert session.scalars(select(Case.weight)).all() == [0.0, 0.0]


# Whose word counts.


@pytest.mark.parametrize("role", [Role.SENIOR, Role.ADMIN])
def test_a_senior_of_the_site_may_change_a_readers_standing(
    session: Session, site: Site, reader: Reporter, role: Role
) -> None:
    person = make_moderator(session, role=role, site=site)
    assert readers.own_reader(session, person, reader.reporter) is reader


def test_a_moderator_may_look_and_change_nothing(session: Session, site: Site, reader: Reporter) -> None:
    person = make_moderator(session, role=Role.MODERATOR, site=site)
    assert readers.reader_of(session, person, reader.reporter) is reader
    with pytest.raises(Forbidden):
        readers.own_reader(session, person, reader.reporter)


def test_another_sites_reader_is_not_there(session: Session, reader: Reporter) -> None:
    person = make_moderator(session, role=Role.ADMIN, site=make_site(session, "elsewhere"))
    with pytest.raises(NotFound):
        readers.reader_of(session, person, reader.reporter)
    with pytest.raises(NotFound):
        readers.own_reader(session, person, reader.reporter)
