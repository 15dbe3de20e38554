"""How commands print: tables for people, JSON for programs, secrets alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

Row = Mapping[str, Any]
Columns = Mapping[str, Callable[[Row], object]]

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def listing(rows: Sequence[Row], columns: Columns, *, as_json: bool) -> None:
    """Print rows as JSON whole, or as a table of these columns."""
    if as_json:
        click.echo(json.dumps(rows, default=_plain, ensure_ascii=False, indent=2))
    elif rows:
        click.echo(table([{name: cell(row) for name, cell in columns.items()} for row in rows]))
    else:
        note("There are none.")


def table(rows: Sequence[Row]) -> str:
    """Rows in columns as wide as their widest cell; the last is never filled up."""
    names = list(rows[0])
    cells = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def note(words: str) -> None:
    """Say something to the person, on stderr, so that stdout holds results only."""
    click.echo(words, err=True)


def status(words: str) -> None:
    """Show how far it is on a line of its own that the next one replaces; nothing where nobody watches."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{words}", err=True, nl=False)


def secret(value: str, words: str) -> None:
    """Print a secret alone on stdout, so that it can be piped, and what it is on stderr."""
    note(words)
    click.echo(value)


def printable(text: str) -> str:
    """Text from elsewhere, with nothing in it that steers a terminal or turns its direction."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list):
        return printable(", ".join(map(str, value))) or "-"
    return printable(str(value))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
