"""The compose file keeps to the specification, and sets only what the service reads."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from moderation_service.config import variables

FILE = Path(__file__).parent.parent / "docker-compose.yml"
SERVERS = {"postgres", "valkey"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def test_compose_file_is_valid_by_the_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_variable_it_sets_is_one_the_service_reads(compose: dict[str, Any]) -> None:
    ours = {name: service for name, service in compose["services"].items() if name not in SERVERS}
    for name, service in ours.items():
        assert set(service["environment"]) <= variables(), name


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = FILE.read_text(encoding="utf-8")
    for secret in ("OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY"):
        assert f"${{{secret}:?" in text
        assert f"${{{secret}:-" not in text
        assert f"${{{secret}}}" not in text


def test_every_service_is_checked_and_every_server_keeps_its_data(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "healthcheck" in service or name == "migrate", name
    assert all(compose["services"][name]["volumes"] for name in SERVERS)


def test_only_migrate_knows_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    knowing = {name for name, s in compose["services"].items() if "MIGRATION_DATABASE_URL" in s.get("environment", {})}
    assert knowing == {"migrate"}
