"""A busy past for the numbers page: flags by day and by night, decided, applied, and some of it overturned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import cycle

from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.db import Database, utcnow
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person, person_by_name
from tests.history import History
from tests.triage.rules.books import make_entry

HOUR = timedelta(hours=1)


def write_past(database: Database, site: Site, hours: int, usernames: Sequence[str]) -> None:
    """So many hours of a case each, of which these people have decided most."""
    with database.transaction() as session:
        past = History(session, session.merge(site))
        deciders = cycle([person_by_name(session, username) for username in usernames])
        # Drafts: they fire on nothing by themselves, whatever other tests do.
        rules = [make_entry(session, f"{name}-{site.slug}", site=site.slug) for name in ("brigade", "grave-reasons")]
        for number, case in _cases(session, past, hours):
            past.firing(rules[number % 2].version, case, case.opened_at)
            if number % 6:
                _decide(past, case, number, deciders)


def _cases(session: Session, past: History, hours: int) -> Iterator[tuple[int, Case]]:
    now = utcnow(session).replace(minute=30)
    for number in range(hours, 0, -1):
        at = now - number * HOUR
        flags = 3 + number % 5 + (9 if 7 < at.hour < 20 else 0)
        yield number, past.case(f"article-{number}", *(at + place * HOUR / 30 for place in range(flags)))


def _decide(past: History, case: Case, number: int, deciders: Iterator[Person]) -> None:
    actions = ("clear", "takedown") if number % 3 else ("takedown", "clear")
    at = case.opened_at + (1 + number % 9) * HOUR / 4
    made = past.decision(case, next(deciders), at, actions[0], clause="3.2")
    past.applied(made, timedelta(seconds=1 + number % 13))
    if number % 4 == 0:
        past.review(made, next(deciders), actions[number % 12 == 0], clause="3.2")
    if number % 7 == 0:
        past.decision(case, next(deciders), at + HOUR, actions[1], supersedes_id=made.id)
