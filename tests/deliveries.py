"""Webhook endpoints and what they were sent, for the tests of pages that show them."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy.orm import Session

from moderation_service.notifications.models import Endpoint, Notice, NoticeAttempt
from moderation_service.notifications.webhooks.vocabulary import EventType
from moderation_service.sites.models import Site

_numbers = itertools.count(1)


def make_endpoint(session: Session, site: Site, url: str = "https://courier.invalid/hooks", **changes: Any) -> Endpoint:
    """An endpoint for everything, at a host that nobody knows; one more than a site may have, if need be."""
    endpoint = Endpoint(site_id=site.id, url=url, **({"types": sorted(EventType)} | changes))
    session.add(endpoint)
    session.flush()
    return endpoint


def make_delivery(session: Session, endpoint: Endpoint, state: str = "pending", *tries: dict[str, Any]) -> int:
    """Something that an endpoint is to be sent or was, after these tries; its id."""
    number = next(_numbers)
    about = {"article": {"external_id": "ferry", "url": None}, "sequence": number, "case_id": 7}
    notice = Notice(
        site_id=endpoint.site_id,
        channel="webhook",
        recipient=endpoint.url,
        kind=EventType.DECISION_APPLIED,
        key=f"delivery-{number}",
        subject="decision.applied",
        body=about,
        state=state,
        endpoint_id=endpoint.id,
    )
    session.add(notice)
    session.flush()
    session.add_all(NoticeAttempt(notice_id=notice.id, **one) for one in tries)
    session.flush()
    return notice.id
