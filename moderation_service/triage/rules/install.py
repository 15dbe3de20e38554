"""Put the starter set into the book: rules to begin with."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.triage.rules import book
from moderation_service.triage.rules.document import load
from moderation_service.triage.rules.entries import Entry, Mode, entries
from moderation_service.triage.rules.starters import starter

# What every newsroom wants from the first hour; the others show what they would do before anybody lets them.
LIVE_AT_ONCE = frozenset({"danger-to-life", "repeat-flags"})
BECAUSE = "The starter set"


def install_starter(session: Session, *, author: str) -> list[Entry]:
    """Add those of the starter set that the book does not have, whatever became of those it has; which were added."""
    known = {entry.rule.name for entry in entries(session, sites=[])}
    missing = [said for said in map(load, starter()) if said.name not in known]
    added = []
    for said in missing:
        rule = book.add(session, said, author=author, because=BECAUSE).rule
        entry = book.enable(session, rule, mode=Mode.SHADOW, author=author, because=BECAUSE)
        if said.name in LIVE_AT_ONCE:
            entry = book.enable(session, rule, mode=Mode.LIVE, author=author, because=BECAUSE)
        added.append(entry)
    return added


def install_into_empty(session: Session, *, author: str) -> list[Entry]:
    """Add the starter set where nobody has written or removed a rule yet: danger to life must not wait for a manual."""
    return [] if entries(session) else install_starter(session, author=author)
