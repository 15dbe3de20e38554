"""What goes wrong is said in one plain line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from moderation_service.cli.command import database_words
from moderation_service.cli.connection import actor
from moderation_service.config import Settings
from tests.cli.conftest import call
from tests.servers import TestServers


def test_domain_error(refused: Callable[..., str]) -> None:
    assert refused("sites", "keys", "nowhere") == "Error: There is no site 'nowhere'"


def test_setting_that_cannot_be_read() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "from moderation_service.cli import main; main(['worker'])"],
        env={"PATH": os.defpath, "PORT": "harbour"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 1
    assert shown.stderr.startswith("Error: PORT: ")
    assert "Traceback" not in shown.stderr


def test_missing_setting(settings: Settings) -> None:
    result = call(settings.replace(secret_key=""), "serve")
    assert (result.exit_code, result.stderr) == (1, "Error: SECRET_KEY is not set\n")


def test_no_database_at_all(tmp_path: Path) -> None:
    result = call(Settings(data_dir=str(tmp_path)), "sites", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: There is no database: start `moderation-service run`")
    assert f"No run was found in {tmp_path}; if it keeps its data elsewhere, set MODERATION_DATA_DIR" in result.stderr


def test_database_that_is_away(tmp_path: Path) -> None:
    away = Settings(database_url=f"postgresql://somebody@/moderation?host={tmp_path}")
    result = call(away, "sites", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database does not answer: ")
    assert result.stderr.count("\n") == 1


def test_database_without_tables(servers: TestServers) -> None:
    result = call(servers.settings("postgres"), "sites", "list")
    assert (result.exit_code, "run `moderation-service migrate` first" in result.stderr) == (1, True)


def test_servers_of_a_run_in_another_terminal_are_found(servers: TestServers) -> None:
    # The embedded database of the tests' own run is never migrated; that this is said means that it was reached.
    result = call(Settings(data_dir=str(servers.folder)), "sites", "list")
    assert "run `moderation-service migrate` first" in result.stderr


def test_argument_that_is_no_text(refused: Callable[..., str]) -> None:
    assert refused("sites", "keys", "caf\udce9") == "Error: An argument is not valid UTF-8"


def test_right_that_the_role_lacks() -> None:
    lacking = psycopg.errors.InsufficientPrivilege("permission denied\nfor table decisions")
    assert database_words(lacking) == "The database refused: permission denied for table decisions"


def test_account_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert actor() == "cli:4000000"
