"""The command line, called in this process on a database of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from moderation_service.cli import main
from moderation_service.config import Settings

Cli = Callable[..., Result]


def call(settings: Settings, *words: object, typed: str | None = None) -> Result:
    """Run a command with these settings in its environment; `typed` is what the person answers."""
    return CliRunner(env=settings.as_env()).invoke(main, [str(word) for word in words], input=typed)


@pytest.fixture
def cli(settings: Settings) -> Cli:
    """Run a command that must succeed."""

    def succeed(*words: object, typed: str | None = None) -> Result:
        result = call(settings, *words, typed=typed)
        assert result.exit_code == 0, result.output
        return result

    return succeed


@pytest.fixture
def refused(settings: Settings) -> Callable[..., str]:
    """Run a command that must fail with exit code 1; what it says, one line."""

    def fail(*words: object, typed: str | None = None) -> str:
        result = call(settings, *words, typed=typed)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        (line,) = result.stderr.splitlines()
        return line

    return fail
