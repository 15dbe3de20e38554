"""Orders: wanted, leased, confirmed by what the store says, or given up loudly."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service import leases
from moderation_service.articles.models import Article
from moderation_service.audit import service as audit
from moderation_service.backoff import is_hopeless, pause
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import utcnow
from moderation_service.decisions.effect import Wanted
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.models import Attempt, Order
from moderation_service.enforcement.stores import Target
from moderation_service.sites.models import Site

ERROR_LENGTH = 1000  # characters of a store's error that are kept


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to carry out one order for a while; void as soon as its `fence` is not the newest."""

    order_id: int
    fence: int
    version: int
    case_id: int
    decision_id: int | None
    wanted: Wanted
    target: Target
    store: str
    store_options: dict[str, Any]


def want(session: Session, case: Case, wanted: Wanted, *, decision: Decision | None = None) -> None:
    """Note the state an article should have from now on, on account of this case; the next worker brings it about.

    Without a `decision` the article is being hidden until it is reviewed, or shown again.
    """
    values = {
        "site_id": case.site_id,
        "wanted": wanted.to_json(),
        "case_id": case.id,
        "decision_id": decision.id if decision else None,
        "wanted_at": func.clock_timestamp(),
        "state": "pending",
        "attempts": 0,
        "due_at": func.clock_timestamp(),
        "last_error": None,
    }
    statement = insert(Order).values(article_id=case.article_id, wanted_version=1, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["article_id"], set_=values | {"wanted_version": Order.wanted_version + 1}
        )
    )


def give_up_silent(session: Session, settings: Settings) -> None:
    """Make dead letters of orders that were tried as often as they may be, and whose last worker never said a word."""
    for order in leases.silent(session, Order, tries=settings.enforcement_tries):
        order.state, order.leased_until = "dead", None
        order.last_error = "every worker that tried ended without a word"
        session.flush()
        _log(
            session,
            order,
            "dead",
            version=order.wanted_version,
            decision_id=order.decision_id,
            error=order.last_error,
        )
        _tell_case(session, order, "dead_letter", {"error": order.last_error})


def lease_next(session: Session, *, duration: timedelta) -> Lease | None:
    """Take the order that is due longest and held by nobody; None when nothing is due."""
    order = leases.lease_due(session, Order, duration=duration)
    if order is None:
        return None
    article, site = session.execute(
        select(Article, Site).join(Site, Site.id == Article.site_id).where(Article.id == order.article_id)
    ).one()
    return Lease(
        order_id=order.id,
        fence=order.fence,
        version=order.wanted_version,
        case_id=order.case_id,
        decision_id=order.decision_id,
        wanted=Wanted.from_json(order.wanted),
        target=target_of(article),
        store=site.store,
        store_options=site.store_options,
    )


def target_of(article: Article) -> Target:
    """How the stores know an article."""
    return Target(article.id, article.external_id, article.url)


def confirm(session: Session, lease: Lease, seen: Wanted) -> bool:
    """Note what was read back; whether the order is done, which it is not if it was changed in the meantime."""
    order = leases.still_held(session, Order, lease.order_id, lease.fence)
    if order is None:
        return False
    if seen != lease.wanted:
        raise ValueError("only a state that was read back as wanted can be confirmed")
    order.leased_until = None
    order.applied_version = max(order.applied_version, lease.version)
    order.applied_at = func.clock_timestamp()
    order.last_error = None
    order.attempts = 0
    done = order.wanted_version == lease.version
    order.state = "applied" if done else "pending"
    session.flush()
    _log(session, order, "applied", version=lease.version, decision_id=lease.decision_id)
    if done:
        _tell_case(session, order, "applied", {"state": lease.wanted.state, "redacted": list(lease.wanted.redacted)})
    return done


def fail(session: Session, lease: Lease, error: str, *, fatal: bool, settings: Settings) -> None:
    """Note a failed try: another one later, or a dead letter that waits for a person."""
    order = leases.still_held(session, Order, lease.order_id, lease.fence)
    if order is None:
        return
    moved_on = order.wanted_version != lease.version  # by a newer decision, whose tries are its own
    order.leased_until = None
    order.last_error = error[:ERROR_LENGTH]
    if not moved_on:
        order.due_at = func.clock_timestamp() + literal(_next_pause(order, settings))
        if fatal or _is_hopeless(session, order, settings):
            order.state = "dead"
    session.flush()
    outcome = "dead" if order.state == "dead" else "failed"
    _log(session, order, outcome, version=lease.version, decision_id=lease.decision_id, error=order.last_error)
    if order.state == "dead":
        _tell_case(session, order, "dead_letter", {"error": error[:ERROR_LENGTH]})


def _next_pause(order: Order, settings: Settings) -> timedelta:
    base = timedelta(seconds=settings.enforcement_base_seconds)
    return pause(order.attempts, base=base, random=random.random)


def _is_hopeless(session: Session, order: Order, settings: Settings) -> bool:
    longest = timedelta(hours=settings.enforcement_hours)
    age = utcnow(session) - order.wanted_at
    return is_hopeless(order.attempts, age, tries=settings.enforcement_tries, longest=longest)


def _log(
    session: Session, order: Order, outcome: str, *, version: int, decision_id: int | None, error: str | None = None
) -> None:
    session.add(
        Attempt(
            order_id=order.id,
            decision_id=decision_id,
            wanted_version=version,
            fence=order.fence,
            outcome=outcome,
            error=error,
        )
    )
    session.flush()


def _tell_case(session: Session, order: Order, kind: str, detail: dict[str, Any]) -> None:
    case = session.get_one(Case, order.case_id)
    cases.record_event(session, case, actor=audit.SYSTEM, kind=kind, detail={"decision": order.decision_id, **detail})


def order_of(session: Session, article_id: int) -> Order | None:
    """The order on an article, if there is one."""
    return session.scalar(select(Order).where(Order.article_id == article_id))


def applied_orders(session: Session, *, after: int, limit: int) -> Sequence[tuple[Order, Article, Site]]:
    """Orders that were read back once, for looking whether the stores still say so."""
    rows = session.execute(
        select(Order, Article, Site)
        .join(Article, Article.id == Order.article_id)
        .join(Site, Site.id == Order.site_id)
        .where(Order.state == "applied", Order.id > after)
        .order_by(Order.id)
        .limit(limit)
    )
    return [(order, article, site) for order, article, site in rows]


def reopen(session: Session, order_id: int, version: int) -> None:
    """Let an applied order that a store no longer obeys be carried out again."""
    moved = session.execute(
        update(Order)
        .where(Order.id == order_id, Order.state == "applied", Order.wanted_version == version)
        .values(
            state="pending",
            attempts=0,
            wanted_at=func.clock_timestamp(),
            due_at=func.clock_timestamp(),
            wanted_version=Order.wanted_version + 1,
        )
        .returning(Order.id, Order.site_id)
    ).one_or_none()
    if moved is not None:
        audit.append(
            session,
            actor=audit.SYSTEM,
            action="order.drifted",
            subject=f"order:{moved.id}",
            site_id=moved.site_id,
        )
