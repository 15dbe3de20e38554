"""Builders for the tests of the book of rules."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from moderation_service.sites.models import Site
from moderation_service.triage.rules import Rule, book, load
from moderation_service.triage.rules.entries import Entry, Mode

ANN, BEN = "moderator:1", "moderator:2"


def make_document(name: str = "three-readers", **changes: Any) -> dict[str, Any]:
    """A small rule: three readers within a day escalate."""
    document: dict[str, Any] = {
        "name": name,
        "because": "Three readers rarely err together.",
        "position": 100,
        "site": None,
        "conditions": {"field": "reporters", "within": "1d", "operator": ">=", "value": 3},
        "actions": [{"do": "escalate"}],
    }
    return document | changes


def make_rule(name: str = "three-readers", **changes: Any) -> Rule:
    """The same, read."""
    return load(make_document(name, **changes))


def make_entry(session: Session, name: str = "three-readers", *, mode: Mode = Mode.DRAFT, **changes: Any) -> Entry:
    """A rule in the book by Ann, in that mode."""
    entry = book.add(session, make_rule(name, **changes), author=ANN, because="A try.")
    if mode is Mode.RETIRED:
        return book.retire(session, entry.rule, author=ANN, because="A try.")
    return entry if mode is Mode.DRAFT else enable(session, entry, mode)


def enable(session: Session, entry: Entry, mode: Mode = Mode.LIVE, *, author: str = ANN) -> Entry:
    """Somebody enables a rule."""
    return book.enable(session, entry.rule, mode=mode, author=author, because="It proved itself.")


def want_two_persons(session: Session, site: Site) -> None:
    """From now on a site's rules go live only when a second person agrees."""
    site.two_person_rules = True
    session.flush()
