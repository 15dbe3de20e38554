"""The help shows every command with an example that is true."""

from __future__ import annotations

import shlex

import click
import pytest
from click.testing import CliRunner

from moderation_service.cli import COMMANDS, main
from moderation_service.cli.help import example_of, leaves

LEAVES = dict(leaves(main, click.Context(main)))


def test_every_command_is_shown_with_its_example() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    for path, command in LEAVES.items():
        assert f"  {path}: " in shown
        assert f"$ {example_of(command)}\n" in shown


def test_nested_commands_are_among_them() -> None:
    assert {"run", "migrate", "serve", "worker", "beat", "drain", "reconcile", "settings"} <= LEAVES.keys()
    assert {"sites add-key", "moderators token", "articles import", "dead-letters replay-all"} <= LEAVES.keys()
    assert {path.split()[0] for path in LEAVES} == set(COMMANDS)


@pytest.mark.parametrize("path", LEAVES)
def test_example_calls_its_command_with_options_it_has(path: str) -> None:
    words = shlex.split(example_of(LEAVES[path]))
    assert words[: len(path.split()) + 1] == ["moderation-service", *path.split()]
    options = {option for parameter in LEAVES[path].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("path", LEAVES)
def test_docstring_ends_in_the_example(path: str) -> None:
    assert (LEAVES[path].help or "").rstrip().splitlines()[-1].strip() == f"Example: {example_of(LEAVES[path])}"


@pytest.mark.parametrize("group", [name for name in COMMANDS if f"{name} " in " ".join(LEAVES) and name not in LEAVES])
def test_help_of_a_group_shows_its_examples(group: str) -> None:
    shown = CliRunner().invoke(main, [group, "--help"]).output
    for path, command in LEAVES.items():
        assert (f"$ {example_of(command)}\n" in shown) == (path.split()[0] == group)


@pytest.mark.parametrize("words", [["nonsense"], ["sites", "nonsense"]])
def test_unknown_command(words: list[str]) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "No such command 'nonsense'" in result.output


def test_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.strip()[0].isdigit()
