"""Pages loaded from files, and articles shown as readers see them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from moderation_service.articles import store
from moderation_service.articles.service import find
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.sites.service import site_by_slug
from tests.cli.conftest import Cli, call
from tests.factories import make_article, make_site

PAGE = "LOCAL\nHarbour bell rings again\nTidewater Mar 3 2025\nIt was silent for nine years.\nNobody knows why.\n"
LINE = {"category": "LOCAL", "headline": "Ferry returns", "paragraphs": ["It is back."]}


@pytest.fixture(autouse=True)
def courier(database: Database) -> None:
    with database.transaction() as session:
        make_site(session)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good page, a bad page, and two articles of three in a JSON Lines file."""
    (tmp_path / "bell.txt").write_text(PAGE)
    (tmp_path / "broken.txt").write_text("LOCAL\nNo such day\nTidewater Feb 30 2025\nWords.\n")
    lines = [json.dumps(LINE | {"external_id": "ferry"}), "{", json.dumps(LINE | {"external_id": "quay"})]
    (tmp_path / "more.jsonl").write_text("\n".join(lines))
    (tmp_path / "notes.md").write_text("not an article")
    return tmp_path


def load(settings: Settings, *words: object) -> Result:
    return call(settings, "articles", "import", *words, "--site", "courier")


def test_good_page(settings: Settings, folder: Path, cli: Cli) -> None:
    result = load(settings, folder / "bell.txt")
    assert (result.exit_code, result.stdout) == (0, "1 created, 0 changed, 0 unchanged, 0 failed\n")
    assert "It was silent for nine years." in cli("articles", "show", "bell", "--site", "courier").stdout


def test_what_cannot_be_read_is_placed_and_the_others_load(settings: Settings, folder: Path) -> None:
    result = load(settings, folder)
    assert (result.exit_code, result.stdout) == (1, "3 created, 0 changed, 0 unchanged, 2 failed\n")
    faults = result.stderr.splitlines()[-2:]
    assert faults[0].startswith(f"{folder}/broken.txt:3: ")
    assert faults[1].startswith(f"{folder}/more.jsonl:2: ")


def test_again_changes_nothing(settings: Settings, folder: Path) -> None:
    load(settings, folder / "bell.txt")
    assert load(settings, folder / "bell.txt").stdout == "0 created, 0 changed, 1 unchanged, 0 failed\n"


def test_new_words_make_a_revision(settings: Settings, folder: Path) -> None:
    load(settings, folder / "bell.txt")
    (folder / "bell.txt").write_text(PAGE + "Now it rings.\n")
    assert load(settings, folder / "bell.txt").stdout == "0 created, 1 changed, 0 unchanged, 0 failed\n"


def test_unreadable_file(settings: Settings, folder: Path) -> None:
    (folder / "loop.txt").symlink_to("/proc/self/mem")
    result = load(settings, folder / "loop.txt", folder / "bell.txt")
    assert (result.exit_code, result.stdout) == (1, "1 created, 0 changed, 0 unchanged, 1 failed\n")
    assert f"{folder}/loop.txt:1: " in result.stderr


def test_missing_file_is_a_usage_error(settings: Settings, folder: Path) -> None:
    assert load(settings, folder / "none.txt").exit_code == 2


def test_unknown_site(settings: Settings, folder: Path) -> None:
    result = call(settings, "articles", "import", folder, "--site", "nowhere")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no site 'nowhere'\n")


def test_language_of_pages_that_do_not_say(settings: Settings, folder: Path, database: Database) -> None:
    load(settings, folder / "bell.txt", "--language", "de-AT")
    with database.transaction() as session:
        shown = store.show(session, find(session, site_by_slug(session, "courier").id, "bell"))
    assert shown.article["language"] == "de-AT"


def test_language_that_is_none(settings: Settings, folder: Path) -> None:
    assert load(settings, folder, "--language", "English please").exit_code == 2


def hide(database: Database, state: str, ground: str | None = None, redacted: tuple[str, ...] = ()) -> None:
    with database.transaction() as session:
        article = make_article(session, site_by_slug(session, "courier"))
        store.set_visibility(session, article.id, state=state, redacted=redacted, ground=ground, version=1)


def test_removed_part_is_marked_and_not_told(database: Database, cli: Cli) -> None:
    hide(database, "visible", "terms", ("p1",))
    shown = cli("articles", "show", "ferry", "--site", "courier").stdout
    assert "[p1] (removed)" in shown
    assert "The ferry is back." not in shown
    assert "[p2] Its bell was found in the reeds." in shown


@pytest.mark.parametrize(("ground", "words"), [("terms", "(410)"), ("law", "on legal grounds (451)")])
def test_taken_down(database: Database, cli: Cli, ground: str, words: str) -> None:
    hide(database, "removed", ground)
    assert cli("articles", "show", "ferry", "--site", "courier").stdout == f"ferry was taken down {words}\n"


def test_hidden_until_it_is_reviewed(database: Database, cli: Cli) -> None:
    hide(database, "hidden")
    shown = cli("articles", "show", "ferry", "--site", "courier").stdout
    assert shown == "ferry is hidden until a person has reviewed it (404)\n"


def test_hidden_as_json(database: Database, cli: Cli) -> None:
    hide(database, "hidden")
    told = json.loads(cli("articles", "show", "ferry", "--site", "courier", "--json").stdout)
    assert (told["gone"], told["hidden"]) == (False, True)


def test_shown_as_json(database: Database, cli: Cli) -> None:
    hide(database, "removed", "terms")
    assert json.loads(cli("articles", "show", "ferry", "--site", "courier", "--json").stdout)["gone"] is True
