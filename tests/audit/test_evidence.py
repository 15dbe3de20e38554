"""Flags and decisions that no longer agree with the trail are found."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from moderation_service import pipeline
from moderation_service.decisions import quality
from moderation_service.decisions.models import QaSample
from moderation_service.intake.lane import Lane
from moderation_service.intake.models import Flag
from moderation_service.policy.vocabulary import Action, Role
from tests import factories
from tests.audit.conftest import Trail


@pytest.fixture
def flagged(trail: Trail) -> Trail:
    """Three flags that were received in one batch, and one by itself."""
    with trail.database.transaction() as session:
        site = factories.make_site(session)
        factories.make_article(session, site)
    lane = Lane(trail.settings.database_url, slow_way=lambda _: pytest.fail("the fast way takes all"))
    lane([factories.make_submission(site, reporter=name) for name in ("ada", "bob", "cyd")])
    lane.close()
    with trail.database.transaction() as session:
        factories.make_flag(session, site, reporter="dan")
    return trail


@pytest.fixture
def decided(trail: Trail) -> Trail:
    """One case with a takedown."""
    with trail.database.transaction() as session:
        case = factories.make_case(session, factories.make_site(session))
        factories.make_decision(session, case, factories.make_moderator(session))
    return trail


def ids(trail: Trail) -> list[int]:
    with trail.database.transaction() as session:
        return list(session.scalars(select(Flag.id).order_by(Flag.id)))


def test_untouched_flags(flagged: Trail) -> None:
    report = flagged.report()
    assert (report.flags, report.findings) == (4, ())


def test_a_flag_that_moved_on_is_untouched(flagged: Trail) -> None:
    with flagged.database.transaction() as session:
        pipeline.triage(session, limit=10)
    assert flagged.report().findings == ()


def test_deleted_flag_is_named(flagged: Trail) -> None:
    second = ids(flagged)[1]
    flagged.tamper(f"DELETE FROM flags WHERE id = {second}")
    found = flagged.finding()
    assert (found.kind, found.words) == ("flags", f"flag {second} is gone: deleted")
    assert found.first is not None


def test_several_deleted_flags_are_named(flagged: Trail) -> None:
    first, second, *_ = ids(flagged)
    flagged.tamper(f"DELETE FROM flags WHERE id IN ({first}, {second})")
    assert flagged.finding().words == f"2 flags ({first}, {second}) are gone: deleted"


def test_emptied_flags(flagged: Trail) -> None:
    flagged.tamper("DELETE FROM flags")
    assert [found.kind for found in flagged.report().findings] == ["flags", "flags"]


def test_edited_flag_of_a_batch(flagged: Trail) -> None:
    flagged.tamper(f"UPDATE flags SET comment = 'other words' WHERE id = {ids(flagged)[1]}")
    assert "at least one was edited" in flagged.finding().words


def test_edited_flag_that_came_alone(flagged: Trail) -> None:
    flagged.tamper(f"UPDATE flags SET reason = 'spam' WHERE id = {ids(flagged)[3]}")
    assert flagged.finding().words.startswith("its flag does not match")


def test_inserted_flag_is_named(flagged: Trail) -> None:
    flagged.tamper(
        "INSERT INTO flags (receipt, site_id, article_id, revision, reporter, target_key, reason) "
        "SELECT gen_random_uuid(), site_id, article_id, 1, '\\x99', target_key, reason FROM flags LIMIT 1"
    )
    assert flagged.finding().words == f"flag {ids(flagged)[4]} is in no entry: inserted past the trail"


@pytest.mark.parametrize("listed", ["5", '"x"', "null", '[1.5, "a", 1e300, {}]', "[99999999999999999999]", "[]"])
def test_edited_list_does_not_end_the_search(flagged: Trail, listed: str) -> None:
    edited = f"UPDATE audit_entries SET detail = '{{\"flags\": {listed}}}' WHERE action = 'flags.received'"
    flagged.tamper(edited)
    kinds = {found.kind for found in flagged.report().findings}
    assert kinds == {"edited", "flags"}


def test_untouched_decisions(decided: Trail) -> None:
    report = decided.report()
    assert (report.decisions, report.findings) == (1, ())


def test_superseded_decisions_have_an_entry_each(trail: Trail) -> None:
    with trail.database.transaction() as session:
        case = factories.make_case(session, factories.make_site(session))
        person = factories.make_moderator(session)
        factories.make_decision(session, case, person)
        factories.make_decision(session, case, person, Action.CLEAR)
    report = trail.report()
    assert (report.decisions, report.findings) == (2, ())


def test_deleted_decision(decided: Trail) -> None:
    decided.tamper("DELETE FROM enforcement_orders", "DELETE FROM decisions")
    found = decided.finding()
    assert (found.kind, "is gone" in found.words, found.first is None) == ("decision", True, False)


@pytest.mark.parametrize("change", ["note = 'kinder words'", "moderator_id = moderator_id", "decided_at = now()"])
def test_edited_decision(decided: Trail, change: str) -> None:
    decided.tamper(f"UPDATE decisions SET {change}")
    found = decided.report().findings
    if change == "moderator_id = moderator_id":
        assert found == ()
    else:
        assert [(f.kind, f.words.endswith("edited")) for f in found] == [("decision", True)]


def test_edited_revision(decided: Trail) -> None:
    decided.tamper("UPDATE article_revisions SET parts = '[]'")
    found = decided.finding()
    assert (found.kind, "revision 1 of article" in found.words) == ("revision", True)


def test_inserted_decision(decided: Trail) -> None:
    decided.tamper(
        "INSERT INTO decisions (site_id, case_id, article_id, revision, case_version, moderator_id, action, "
        "supersedes_id) SELECT site_id, case_id, article_id, 1, case_version + 1, moderator_id, 'clear', id "
        "FROM decisions"
    )
    assert decided.finding().words.endswith("has no entry: inserted past the trail")


@pytest.mark.parametrize(
    ("change", "said"),
    [("SELECT", None), ("UPDATE qa_reviews SET action = 'takedown'", "edited"), ("DELETE FROM qa_reviews", "deleted")],
)
def test_what_a_senior_said_of_a_decision(trail: Trail, change: str, said: str | None) -> None:
    with trail.database.transaction() as session:
        site = factories.make_site(session)
        factories.make_policy(session, site, qa_percent=100)
        case = factories.make_case(session, site)
        factories.make_decision(session, case, factories.make_moderator(session))
        zoe = factories.make_moderator(session, "zoe", Role.SENIOR)
        sample = session.scalars(select(QaSample.id)).one()
        quality.review(session, sample, zoe, factories.make_ruling(case, Action.CLEAR))
    trail.tamper("ALTER TABLE qa_reviews DISABLE TRIGGER append_only", change)
    assert [(f.kind, f.words.rpartition(" ")[2]) for f in trail.report().findings] == (
        [("review", said)] if said else []
    )


@pytest.mark.parametrize("also", ["DELETE FROM flags WHERE id = {alone}", "SELECT"])
def test_entry_is_not_hidden_by_its_id(flagged: Trail, also: str) -> None:
    alone = ids(flagged)[3]
    hide = f"UPDATE audit_entries SET id = -id WHERE subject = 'flags:{alone}-{alone}'"
    flagged.tamper(hide, also.format(alone=alone))
    assert flagged.finding().kind == "inserted"
