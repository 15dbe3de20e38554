"""Backtests that were asked for: a row each, run by one worker at a time (see `runs`)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from moderation_service import runs
from moderation_service.audit import service as audit
from moderation_service.db import utcnow
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.jobs import wake
from moderation_service.sites.models import Site
from moderation_service.triage.backtest.figures import Report
from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.models import Backtest
from moderation_service.triage.rules import document as language
from moderation_service.triage.rules.entries import find

MOST_WAITING = 10  # on one site
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one backtest for a while; void when its `attempt` is not the newest, or it was cancelled."""

    backtest_id: int
    attempt: int
    document: Mapping[str, Any]
    period: Period


def rule_of(session: Session, site_id: int, name: str) -> language.Rule:
    """What a rule in the book says now: the site's own of that name, or else the one for all sites.

    Raises:
        NotFound: there is neither.
    """
    try:
        entry = find(session, name, site_id=site_id)
    except NotFound:
        entry = find(session, name, site_id=None)
    return language.load(entry.version.document)


def period_of(session: Session, site: Site, said: language.Rule, *, start: datetime, end: datetime) -> Period:
    """The stretch of the site's past that a rule may be tried on; it ends now at the latest.

    Raises:
        Invalid: the rule is for another site, or there is nothing in the period, or it is longer than a year.
    """
    if said.site not in (None, site.slug):
        raise Invalid(f"The rule is for the site {said.site}", field="document.site")
    end = min(end, utcnow(session))
    if start >= end:
        raise Invalid("The period ends before it begins, or has not begun yet", field="from")
    if end - start > LONGEST:
        raise Invalid(f"The period is longer than {LONGEST.days} days", field="until")
    return Period(site.id, start, end)


def ask(session: Session, site: Site, said: language.Rule, *, start: datetime, end: datetime, author: str) -> Backtest:
    """Ask for a rule to be tried on the past of a site; a worker does so soon.

    Raises:
        Invalid: the rule is for another site, or the period is none.
        Conflict: too many wait already.
    """
    period = period_of(session, site, said, start=start, end=end)
    unfinished = select(func.count()).where(Backtest.site_id == site.id, Backtest.state.in_(runs.UNFINISHED))
    if session.scalars(unfinished).one() >= MOST_WAITING:
        raise Conflict(f"{MOST_WAITING} backtests of this site wait already; cancel one, or wait for them")
    document = language.dump(said)
    backtest = Backtest(site_id=site.id, document=document, from_at=period.start, to_at=period.end, author=author)
    session.add(backtest)
    session.flush()
    _tell(session, backtest, "backtest.asked", actor=author, detail={"rule": said.name})
    wake(session, "backtests.drain")
    return backtest


def one(session: Session, site_id: int, backtest_id: int) -> Backtest:
    """A backtest of that site.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Backtest).where(Backtest.id == backtest_id, Backtest.site_id == site_id))
    if found is None:
        raise NotFound("There is no such backtest")
    return found


def cases_csv(session: Session, backtest: Backtest) -> bytes:
    """All cases that the rule would have touched, as CSV.

    Raises:
        Conflict: it is not done.
    """
    session.refresh(backtest, ["cases_csv"])
    if backtest.cases_csv is None:
        raise Conflict(f"This backtest is {backtest.state}", state=backtest.state)
    return zlib.decompress(backtest.cases_csv)


def cancel(session: Session, backtest: Backtest, *, actor: str) -> None:
    """Have a backtest run no further; whoever runs it notices within a second or so.

    Raises:
        Conflict: it has ended already.
    """
    cancelled = session.execute(
        update(Backtest)
        .where(Backtest.id == backtest.id, Backtest.state.in_(runs.UNFINISHED))
        .values(state="cancelled", **runs.ended())
        .returning(Backtest.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    session.refresh(backtest)
    if cancelled is None:
        raise Conflict(f"This backtest is {backtest.state} already", state=backtest.state)
    _tell(session, backtest, "backtest.cancelled", actor=actor)


def lease_next(session: Session) -> Lease | None:
    """Take the backtest that waits longest, unless one is being run; commit before running it."""
    backtest = runs.lease_next(session, Backtest)
    if backtest is None:
        return None
    period = Period(backtest.site_id, backtest.from_at, backtest.to_at)
    return Lease(backtest.id, backtest.attempts, backtest.document, period)


def keep(session: Session, lease: Lease, *, done: float) -> bool:
    """Say how far it is, and hold on to it for another while; False when it was cancelled, or somebody else runs it."""
    return runs.keep(session, Backtest, lease.backtest_id, lease.attempt, done=done)


def finish(session: Session, lease: Lease, report: Report) -> bool:
    """Keep what came of it; False when nobody waits for it any more."""
    found = {"result": report.result, "cases_csv": zlib.compress(report.cases_csv.encode())}
    return runs.settle(
        session, Backtest, lease.backtest_id, lease.attempt, state="done", done=1.0, **found, **runs.ended()
    )


def fail(session: Session, lease: Lease, error: str) -> bool:
    """Note that it could not be done, and will not be tried again."""
    return runs.fail(session, Backtest, lease.backtest_id, lease.attempt, error)


def give_back(session: Session, lease: Lease) -> bool:
    """Leave it to another worker: this one is being stopped."""
    return runs.give_back(session, Backtest, lease.backtest_id, lease.attempt)


def _tell(
    session: Session, backtest: Backtest, action: str, *, actor: str, detail: Mapping[str, Any] | None = None
) -> None:
    subject = f"backtest:{backtest.id}"
    audit.append(session, actor=actor, action=action, subject=subject, site_id=backtest.site_id, detail=detail)
