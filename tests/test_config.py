"""Settings: read from the environment once, checked, and told to children and to the README."""

from __future__ import annotations

import dataclasses

import pytest

from moderation_service import config
from moderation_service.config import ConfigError, Settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in config.variables():
        monkeypatch.delenv(variable, raising=False)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_env() == Settings()


def test_each_kind_of_value_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PORT", "9000"), ("HOST", "::1"), ("ENFORCEMENT_BASE_SECONDS", "0.5")):
        monkeypatch.setenv(name, value)
    settings = Settings.from_env()
    assert (settings.port, settings.host, settings.enforcement_base_seconds) == (9000, "::1", 0.5)


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("PORT", "80.5"), ("INTAKE_TIMEOUT", "soon")])
def test_a_value_that_cannot_be_read_is_refused_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        Settings.from_env()


def test_an_override_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert Settings.from_env(port=1).port == 1


def test_an_override_of_no_setting_is_refused() -> None:
    with pytest.raises(ConfigError, match="prot"):
        Settings.from_env(prot=1)


def test_what_a_child_is_told_it_reads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Settings(port=9000, secret_key="s" * 40, enforcement_base_seconds=0.25, database_url="postgresql://x/y")
    for name, value in told.as_env().items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env() == told


def test_a_setting_that_is_needed_and_empty_is_named() -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL is not set"):
        Settings(redis_url="redis://x").require("redis_url", "database_url")


@pytest.mark.parametrize(("length", "fits"), [(31, False), (32, True)])
def test_a_secret_key_has_32_characters_or_more(length: int, fits: bool) -> None:
    settings = Settings(secret_key="s" * length)
    if fits:
        assert settings.require("secret_key") is settings
    else:
        with pytest.raises(ConfigError, match="SECRET_KEY"):
            settings.require("secret_key")


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_every_setting_has_a_variable_of_its_own_and_says_what_it_does() -> None:
    fields = dataclasses.fields(Settings)
    assert len(config.variables()) == len(fields)
    assert all(field.metadata["doc"].endswith(".") for field in fields)


def test_the_table_has_a_row_for_every_setting() -> None:
    rows = config.settings_table().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [field.metadata["env"] for field in dataclasses.fields(Settings)]
