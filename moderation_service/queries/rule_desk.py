"""What the page of one rule shows beside what the rule says: its versions, what it did, where it was tried."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import Role
from moderation_service.queries.actors import actor_names
from moderation_service.queries.firings import fired_lately
from moderation_service.queries.rule_record import DAYS, rule_records
from moderation_service.queries.rulebook import automation_rows, rate_rows, rule_detail, version_rows
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from moderation_service.triage.models import Backtest
from moderation_service.triage.rules import book
from moderation_service.triage.rules.breaker import NEW_FOR
from moderation_service.triage.rules.entries import Entry
from moderation_service.triage.rules.rates import Step

FIRINGS, BACKTESTS = 20, 10


def rule_desk(session: Session, entry: Entry, person: Person) -> dict[str, Any]:
    """A rule as `rule_detail` tells it, with all that its page shows; firings are those on this person's sites."""
    rule, sites = entry.rule, person.sites
    return rule_detail(session, entry) | {
        "rate": rate_rows(session, rule.id, step=Step.DAY, bars=DAYS, sites=sites),
        "record": rule_records(session, [rule.id], sites=sites)[rule.id],
        "fired": fired_lately(session, rule.id, sites=sites, limit=FIRINGS),
        "versions": version_rows(session, rule.id),
        "backtests": backtest_rows(session, entry, person),
        "switches": automation_rows(session, sites=sites if rule.site_id is None else [rule.site_id]),
        "needs_second": book.needs_second_person(session, rule),
        "asked_by_me": entry.request is not None and entry.request.author == person.actor,
        "breaker_until": entry.version.created_at + NEW_FOR,
    }


def backtest_rows(session: Session, entry: Entry, person: Person) -> list[dict[str, Any]]:
    """Where a rule of that name was tried on the past of this person's sites, the last first."""
    wanted = (
        select(
            Backtest.id,
            Site.slug,
            Backtest.state,
            Backtest.from_at,
            Backtest.to_at,
            Backtest.author,
            Backtest.result["touched"].as_integer().label("touched"),
            Backtest.result["precision"].as_float().label("precision"),
        )
        .join(Site, Site.id == Backtest.site_id)
        .where(Backtest.document["name"].astext == entry.rule.name)
        .order_by(Backtest.id.desc())
        .limit(BACKTESTS)
    )
    sites = person.sites_as(Role.SENIOR) if entry.rule.site_id is None else [entry.rule.site_id]
    if sites is not None:
        wanted = wanted.where(Backtest.site_id.in_(sites))
    found = session.execute(wanted).mappings().all()
    names = actor_names(session, [row["author"] for row in found])
    return [dict(row) | {"by": names[row["author"]]} for row in found]
