"""Events become notices: numbered for each article in the order of their commits, one for each endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.cases.models import CaseEvent
from moderation_service.intake.models import Flag
from moderation_service.jobs import wake
from moderation_service.notifications.models import Endpoint, Notice, WebhookEvent
from moderation_service.notifications.webhooks.payloads import Happened, facts
from moderation_service.notifications.webhooks.vocabulary import EventType
from moderation_service.sites.models import Site

BATCH = 500  # events in one transaction
LOCK = 7_105_214  # any number: numbers are given by one at a time

# An article's events that are there when somebody looks are numbered in the order in which they were written; one that
# is committed later comes later, whatever its own id is.
NUMBER = text("""
WITH waiting AS MATERIALIZED (
    SELECT id, article_id, row_number() OVER (PARTITION BY article_id ORDER BY id) AS place,
           count(*) OVER (PARTITION BY article_id) AS among
    FROM (SELECT id, article_id FROM webhook_events WHERE sequence IS NULL ORDER BY id LIMIT :limit) AS oldest
), counted AS (
    INSERT INTO article_sequences AS known (article_id, last)
    SELECT DISTINCT article_id, among FROM waiting
    ON CONFLICT (article_id) DO UPDATE SET last = known.last + excluded.last
    RETURNING article_id, last
)
UPDATE webhook_events AS event SET sequence = counted.last - waiting.among + waiting.place
FROM waiting JOIN counted USING (article_id)
WHERE event.id = waiting.id RETURNING event.id
""")


def relay(session: Session, public_url: str) -> int:
    """Number the oldest events that have no number yet, and note whom to tell; how many there were."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    numbered = list(session.scalars(NUMBER, {"limit": BATCH}))
    if numbered:
        _note(session, public_url, numbered)
    return len(numbered)


def _note(session: Session, public_url: str, event_ids: Sequence[int]) -> None:
    """Note for these events what each endpoint is to be sent; what is for a disabled one is held when it is due."""
    listens = (Endpoint.site_id == WebhookEvent.site_id) & (WebhookEvent.type == Endpoint.types.any_())
    told = (
        select(WebhookEvent, Endpoint, Site.slug, Article.external_id, Article.url, Flag.receipt, CaseEvent.detail)
        .join(Endpoint, listens)
        .join(Site, Site.id == WebhookEvent.site_id)
        .join(Article, Article.id == WebhookEvent.article_id)
        .outerjoin(Flag, Flag.id == WebhookEvent.flag_id)
        .outerjoin(CaseEvent, CaseEvent.id == WebhookEvent.cause)
        .where(WebhookEvent.id.in_(event_ids), Endpoint.created_at <= WebhookEvent.at)
        .order_by(WebhookEvent.id)
    )
    rows = session.execute(told).all()
    notices = [_notice(event, endpoint, *about, public_url=public_url) for event, endpoint, *about in rows]
    if notices:
        session.execute(insert(Notice), notices)
        wake(session, "notifications.drain")


def _notice(event: WebhookEvent, endpoint: Endpoint, *about: Any, public_url: str) -> dict[str, Any]:
    site, external_id, url, receipt, detail = about
    happened = Happened(
        type=EventType(event.type),
        site=site,
        external_id=external_id,
        url=url,
        case_id=event.case_id,
        sequence=event.sequence or 0,
        receipt=receipt,
        detail=detail or {},
    )
    return {
        "site_id": event.site_id,
        "channel": "webhook",
        "recipient": endpoint.url,
        "kind": event.type,
        "key": f"event-{event.id}-{endpoint.id}",
        "subject": f"{event.type} {event.sequence} of {external_id or url}",
        "body": facts(happened, public_url),
        "created_at": event.at,
        "endpoint_id": endpoint.id,
        "event_id": event.id,
    }
