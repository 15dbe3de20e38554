"""The queue, due work, dead letters and the trail from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from moderation_service.articles import store
from moderation_service.cases.models import Case
from moderation_service.config import Settings, settings_table
from moderation_service.db import Database
from moderation_service.sites.service import site_by_slug
from tests.cli.conftest import Cli, call
from tests.factories import make_article, make_case, make_decision, make_flag, make_moderator, make_site


@pytest.fixture
def flagged(database: Database) -> None:
    """An article that three readers flagged; triage has not looked yet."""
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        for reader in ("r1", "r2", "r3"):
            make_flag(session, site, reporter=reader)


@pytest.fixture
def decided(database: Database) -> Case:
    """A takedown that no worker has carried out."""
    with database.transaction() as session:
        case = make_case(session, make_site(session))
        make_decision(session, case, make_moderator(session))
        return case


def give_up(database: Database) -> int:
    """Turn the order into a dead letter; its id."""
    with database.transaction() as session:
        statement = "UPDATE enforcement_orders SET state = 'dead', last_error = 'no such\x1b[2J page' RETURNING id"
        return int(session.execute(text(statement)).scalar_one())


@pytest.mark.usefixtures("flagged")
def test_drain_triages(cli: Cli) -> None:
    assert cli("drain").stdout.splitlines()[0] == "flags triaged: 3"
    assert cli("drain").stdout.splitlines()[0] == "flags triaged: 0"


def test_drain_carries_out(cli: Cli, decided: Case, database: Database) -> None:
    assert "decisions applied: 1; tries failed: 0\n" in cli("drain").stdout
    with database.transaction() as session:
        visible = store.visibility(session, decided.article_id)
    assert visible is not None
    assert visible.state == "removed"


@pytest.mark.usefixtures("decided")
def test_drain_counts_failures(cli: Cli, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE sites SET store = 'no such store'"))
    assert "decisions applied: 0; tries failed: 1" in cli("drain").stdout


@pytest.mark.usefixtures("flagged")
def test_queue_says_what_the_priority_is_made_of(cli: Cli) -> None:
    cli("drain")
    header, row = cli("cases", "list").stdout.splitlines()
    assert header.startswith("case  site     priority")
    assert "lane 0: 46.7 = 0.23 x 2 x 100  misleading  3 " in row
    assert row.endswith("ferry: Ferry returns after the flood")


@pytest.mark.usefixtures("flagged")
def test_queue_explains_itself_in_words(cli: Cli) -> None:
    cli("drain")
    assert "3 readers, counted as 3.0: 3 without a record." in cli("cases", "list", "--why").stdout


@pytest.mark.usefixtures("flagged")
def test_recompute_puts_what_was_learned_into_force_and_then_finds_what_was_kept(cli: Cli) -> None:
    cli("drain")
    words = "open cases computed anew: 1; moved by more than 1%: {}\n"
    assert cli("cases", "recompute").stdout == words.format(1)
    assert cli("cases", "recompute").stdout == words.format(0)


@pytest.mark.usefixtures("flagged")
def test_queue_of_one_site_as_json(cli: Cli, database: Database) -> None:
    with database.transaction() as session:
        make_site(session, "gazette")
    cli("drain")
    (case,) = json.loads(cli("cases", "list", "--site", "courier", "--json").stdout)
    assert case["priority"]["because"].startswith("3 readers, counted as 3.0: 3 without a record.")
    assert json.loads(cli("cases", "list", "--site", "gazette", "--json").stdout) == []


@pytest.fixture
def asked(database: Database) -> None:
    """Two cases; of one, rules asked for all that they can."""
    with database.transaction() as session:
        site = make_site(session)
        make_case(session, site, "plain")
        case = make_case(session, site, "asked")
        case.queue, case.needs_role, case.needs_second = "politics", "senior", True
        case.deadline_at = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.usefixtures("asked")
def test_queue_tells_what_rules_asked_for(cli: Cli) -> None:
    header, *rows = cli("cases", "list").stdout.splitlines()
    assert header.split()[-4:] == ["queue", "deadline", "takes", "article"]
    (row,) = [row for row in rows if "asked:" in row]
    assert "politics  2026-12-01 08:00:00+00:00  senior + second person  asked:" in row


@pytest.mark.usefixtures("flagged")
def test_queue_has_no_columns_for_what_nobody_asked_for(cli: Cli) -> None:
    cli("drain")
    assert cli("cases", "list").stdout.splitlines()[0].split()[-3:] == ["held", "by", "article"]


@pytest.mark.parametrize(("queue", "names"), [("politics", ["asked"]), ("main", ["plain"]), ("none", [])])
@pytest.mark.usefixtures("asked")
def test_queue_of_one_name(cli: Cli, queue: str, names: list[str]) -> None:
    cases = json.loads(cli("cases", "list", "--queue", queue, "--json").stdout)
    assert [case["article"]["external_id"] for case in cases] == names


def test_queue_that_is_longer(cli: Cli, database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        for name in ("one", "two"):
            make_case(session, site, name)
    result = cli("cases", "list", "--limit", 1)
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == "These are the first 1; there are more.\n"


@pytest.mark.usefixtures("decided")
def test_dead_letters_are_listed_without_control_characters(cli: Cli, database: Database) -> None:
    give_up(database)
    _, row = cli("dead-letters", "list").stdout.splitlines()
    assert "courier" in row
    assert row.endswith("no such\N{REPLACEMENT CHARACTER}[2J page")


@pytest.mark.usefixtures("decided")
def test_replayed_letter_is_carried_out(cli: Cli, database: Database) -> None:
    cli("dead-letters", "replay", give_up(database))
    assert "decisions applied: 1;" in cli("drain").stdout
    assert json.loads(cli("dead-letters", "list", "--json").stdout) == []


@pytest.mark.usefixtures("decided")
def test_all_letters_replayed(cli: Cli, database: Database) -> None:
    give_up(database)
    assert cli("dead-letters", "replay-all").stdout == "to be tried anew: 1\n"


@pytest.mark.usefixtures("decided")
def test_what_is_no_dead_letter_is_not_replayed(refused: Callable[..., str]) -> None:
    assert refused("dead-letters", "replay", 999) == "Error: There is no such order"


def test_reconcile_finds_what_drifted(cli: Cli, decided: Case, database: Database) -> None:
    cli("drain")
    assert cli("reconcile").stdout == "articles asked for: 1; drifted: 0\n"
    with database.transaction() as session:
        session.execute(text("UPDATE article_visibility SET state = 'visible'"))
    assert cli("reconcile").stdout == "articles asked for: 1; drifted: 1\n"
    assert "decisions applied: 1;" in cli("drain").stdout


@pytest.mark.usefixtures("decided")
def test_store_that_does_not_answer_is_told_beside_the_result(cli: Cli, database: Database) -> None:
    cli("drain")
    with database.transaction() as session:
        session.execute(text("UPDATE sites SET store = 'no such store'"))
    result = cli("reconcile")
    assert result.stdout == "articles asked for: 1; drifted: 0\n"
    assert "reconcile.not_answered" in result.stderr


@pytest.mark.usefixtures("decided")
def test_trail_is_verified(cli: Cli) -> None:
    first, second = cli("audit", "verify").stdout.splitlines()
    assert first.startswith("chain verified: ")
    assert " entries in 64 lanes up to 2" in first
    assert second == "it agrees with what is stored; flags: 1, decisions: 1"


@pytest.mark.usefixtures("decided")
def test_findings_are_listed(cli: Cli, settings: Settings, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE flags SET comment = 'other words'"))
    result = call(settings, "audit", "verify")
    assert result.exit_code == 1
    (finding,) = result.stdout.splitlines()
    assert finding.startswith("lane ")
    assert finding.endswith("its flag does not match the digest taken when it was received: edited")


@pytest.mark.usefixtures("decided")
def test_kept_head(cli: Cli, tmp_path: Path, database: Database) -> None:
    kept = tmp_path / "head.json"
    kept.write_text(cli("audit", "head").stdout)
    with database.transaction() as session:
        make_article(session, site_by_slug(session, "courier"), "another")
    assert "it still goes through the head kept at 2" in cli("audit", "verify", "--expect-head", kept).stdout


@pytest.mark.usefixtures("decided")
def test_head_that_was_changed(cli: Cli, settings: Settings) -> None:
    kept = json.loads(cli("audit", "head").stdout)
    result = call(settings, "audit", "verify", "--expect-head", "-", typed=json.dumps(kept | {"digest": "0"}))
    assert (result.exit_code, "was changed since it was printed" in result.stderr) == (1, True)


def test_settings_are_those_of_the_readme(cli: Cli) -> None:
    assert cli("settings").stdout == settings_table() + "\n"
