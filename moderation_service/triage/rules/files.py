"""Rules as files of a repository, one document each: what a folder would change in the book, and changing it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from moderation_service.errors import Invalid
from moderation_service.triage.rules import book
from moderation_service.triage.rules.document import Rule, diff, dump, load
from moderation_service.triage.rules.entries import Entry, Mode, entries


class Outcome(StrEnum):
    """What becomes of a rule when a folder is applied; what is missing in the folder stays, unless it is retired."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Planned:
    """One rule of a folder, of the book, or of both; `lines` are what differs."""

    outcome: Outcome
    name: str
    site: str | None
    said: Rule | None = None
    entry: Entry | None = None
    lines: list[str] = field(default_factory=list)


def read_folder(folder: Path) -> list[Rule]:
    """The rules in all files `*.json` in and below a folder.

    Raises:
        Invalid: there are none, two are of one name and site, or a file holds no rule; every fault is told.
    """
    files = sorted(file for file in folder.rglob("*.json") if file.is_file())
    read: dict[tuple[str | None, str], Path] = {}
    rules, faults = [], []
    for file in files:
        try:
            rule = read_file(file)
        except Invalid as error:
            faults += [f"{file}: {fault}" for fault in error.extra.get("faults", [error.message])]
            continue
        first = read.setdefault((rule.site, rule.name), file)
        if first is not file:
            faults.append(f"{file}: the rule {rule.name!r} is in {first} already")
        rules.append(rule)
    if faults or not files:
        # An empty folder is more likely a wrong one than the wish to have no rules.
        raise Invalid("; ".join(faults) or f"There are no rules in {folder}", field="document")
    return rules


def plan(session: Session, said: Sequence[Rule]) -> list[Planned]:
    """What applying these would do to the book; writes nothing.

    Raises:
        Invalid: one is for a site that is not known.
    """
    known = {(entry.rule.site_id, entry.rule.name): entry for entry in entries(session)}
    planned = [_compared(rule, known.pop((book.site_of(session, rule), rule.name), None)) for rule in said]
    missing = [
        Planned(Outcome.MISSING, entry.rule.name, entry.version.document["site"], entry=entry)
        for entry in known.values()
        if entry.mode is not Mode.RETIRED
    ]
    return planned + missing


def apply(session: Session, planned: Sequence[Planned], *, author: str, because: str) -> list[Entry]:
    """Add what is new, as drafts, and change what differs, in the mode it has (see `book.change` for two persons)."""
    made = []
    for one in planned:
        if one.said is not None and one.outcome is Outcome.ADDED:
            made.append(book.add(session, one.said, author=author, because=because))
        elif one.said is not None and one.entry is not None and one.outcome is Outcome.CHANGED:
            seen = one.entry.version.number
            rule = one.entry.rule
            made.append(book.change(session, rule, said=one.said, author=author, because=because, seen=seen))
    return made


def retire_missing(session: Session, planned: Sequence[Planned], *, author: str, because: str) -> list[Entry]:
    """Retire what is in the book and not in the folder."""
    gone = [one.entry.rule for one in planned if one.entry is not None and one.outcome is Outcome.MISSING]
    return [book.retire(session, rule, author=author, because=because) for rule in gone]


def read_file(file: Path) -> Rule:
    """The rule in a file.

    Raises:
        Invalid: it holds none; every fault is told.
    """
    try:
        return load(json.loads(file.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"not JSON: {error}", field="document") from error
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", field="document") from error


def _compared(said: Rule, entry: Entry | None) -> Planned:
    lines = diff(entry.version.document if entry else None, dump(said))
    outcome = Outcome.ADDED if entry is None else Outcome.CHANGED if lines else Outcome.UNCHANGED
    return Planned(outcome, said.name, said.site, said, entry, lines)
