"""A group whose help shows every command below it, with the example that its docstring ends in."""

from __future__ import annotations

from collections.abc import Iterator

import click

EXAMPLE = "Example: "


class ExampleGroup(click.Group):
    """Lists the commands of nested groups too: a newcomer should not have to look for them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its first sentence, and a line to copy."""
        with formatter.section("Commands"):
            for path, command in leaves(self, ctx):
                formatter.write_text(f"{path}: {command.get_short_help_str(limit=200)}")
                # Never wrapped, so that it can be copied.
                formatter.write(f"{'':{formatter.current_indent + 4}}$ {example_of(command)}\n")


def leaves(group: click.Group, ctx: click.Context, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command under a group, by the words it is called with."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if isinstance(command, click.Group):
            yield from leaves(command, ctx, f"{above}{name} ")
        elif command is not None:
            yield above + name, command


def example_of(command: click.Command) -> str:
    """The example line of a command's docstring; empty when it has none."""
    lines = (line.strip() for line in (command.help or "").splitlines())
    return next((line.removeprefix(EXAMPLE) for line in lines if line.startswith(EXAMPLE)), "")
