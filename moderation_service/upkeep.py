"""What time asks for, a step per function: deadlines, hidden articles, stores looked at again, what is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from moderation_service import pipeline, telling
from moderation_service.articles.models import Article
from moderation_service.cases import claims, deadlines, hideable, hiding
from moderation_service.config import Settings
from moderation_service.db import Transaction
from moderation_service.decisions.effect import Wanted
from moderation_service.doors import keyring
from moderation_service.enforcement import service as enforcement
from moderation_service.enforcement.models import Order
from moderation_service.enforcement.stores import FatalStoreError, RetryableStoreError, connect, said_by
from moderation_service.intake import service as intake
from moderation_service.jobs import wake
from moderation_service.notifications import service as notifications
from moderation_service.notifications.letters import addresses
from moderation_service.sites import sessions
from moderation_service.sites.models import Site
from moderation_service.sites.service import all_site_ids
from moderation_service.triage import curve
from moderation_service.triage import terms as site_terms

log = structlog.get_logger()


def look_after_hidden(session: Session) -> None:
    """Show again what was hidden as long as it may be; have first looked at what was hidden for two hours."""
    for case, because in hiding.over(session):
        pipeline.restore_hidden(session, case.id, because)
    telling.moved(session, hiding.put_first(session))


def hide_what_became_likely(session: Session) -> int:
    """Hide what no flag but time, or what was decided elsewhere, made likely enough; how many were hidden."""
    return sum(pipeline.hide_pending(session, case_id) for case_id in hideable.anywhere(session))


def press_overdue(session: Session) -> int:
    """Put cases before others whose deadline has passed; how many there were."""
    pressed = deadlines.press(session)
    telling.moved(session, pressed)
    return len(pressed)


def reconcile(
    transaction: Transaction, *, batch: int = 100, progress: Callable[[int, int], None] = lambda _asked, _drifted: None
) -> tuple[int, int]:
    """Ask the stores whether they still show what was applied; how many were asked, and how many had drifted.

    `progress` is told both after each.
    """
    asked = drifted = after = 0
    while True:
        with transaction() as session:
            rows = enforcement.applied_orders(session, after=after, limit=batch)
        if not rows:
            return asked, drifted
        for order, article, site in rows:
            after = order.id
            asked += 1
            if _has_drifted(order, article, site, transaction):
                drifted += 1
                with transaction() as session:
                    enforcement.reopen(session, order.id, order.wanted_version)
                    wake(session, "enforcement.drain")
            progress(asked, drifted)


def _has_drifted(order: Order, article: Article, site: Site, transaction: Transaction) -> bool:
    """Whether a store says something else than was applied; one that does not answer is asked another time."""
    try:
        store = connect(site.store, site.store_options, transaction)
        seen = store.read_back(enforcement.target_of(article))
    except (RetryableStoreError, FatalStoreError) as error:
        log.warning("reconcile.not_answered", order=order.id, store=site.store, error=said_by(error))
        return False
    return seen != Wanted.from_json(order.wanted)


def learn_curves(session: Session) -> int:
    """Learn from each site's past articles how many views its present ones have before them; how many sites taught it.

    The next refresh puts it into force.
    """
    found = {site_id: curve.learn_curve(session, site_id) for site_id in all_site_ids(session)}
    learned = {site_id: lesson for site_id, lesson in found.items() if lesson is not None}
    site_terms.lock(session, learned)
    for site_id, lesson in learned.items():
        site_terms.set_curve(session, site_id, lesson.curve, lesson.typical_reach)
    return len(learned)


def tidy(session: Session, settings: Settings) -> None:
    """Forget what is past its time: answers kept for idempotency, claims, sessions, others' keys, sent notices."""
    intake.forget_idempotency_keys(session, older_than=timedelta(hours=settings.idempotency_hours))
    claims.drop_expired(session)
    sessions.forget_ended(session)
    keyring.forget_old(session)
    notifications.forget(session, older_than=timedelta(days=settings.notification_keep_days))
    addresses.forget_counts(session)
