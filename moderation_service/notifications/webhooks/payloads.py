"""What an event tells: which article, which case, and where to ask for more; nothing of persons. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from moderation_service.notifications.webhooks.vocabulary import EventType

# What of a history's entry goes out with an event of each type, and under which name.
DETAILS: Mapping[EventType, Mapping[str, str]] = {
    EventType.FLAG_RECEIVED: {},
    EventType.CASE_OPENED: {},
    EventType.CASE_ESCALATED: {"because": "because"},
    EventType.DECISION_MADE: {"decision_id": "decision", "action": "action", "supersedes": "supersedes"},
    EventType.DECISION_APPLIED: {"decision_id": "decision", "state": "state", "redacted": "redacted"},
    EventType.ARTICLE_RESTORED: {"decision_id": "decision"},
}


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with all that is told of it: `detail` is the entry in the case's history, `receipt` that of a flag."""

    type: EventType
    site: str
    external_id: str | None
    url: str | None
    case_id: int
    sequence: int
    receipt: UUID | None
    detail: Mapping[str, Any]


def facts(happened: Happened, public_url: str) -> dict[str, Any]:
    """The body's `data`: under 20 kB whatever the article's address is, and the same for every endpoint."""
    told: dict[str, Any] = {
        "site": happened.site,
        "article": {"external_id": happened.external_id, "url": happened.url},
        "sequence": happened.sequence,
        "case_id": happened.case_id,
    }
    if happened.receipt is not None:
        told["receipt"] = str(happened.receipt)
    told |= {name: happened.detail.get(key) for name, key in DETAILS[happened.type].items()}
    return told | {"links": _links(happened, public_url.rstrip("/"))}


def _links(happened: Happened, public_url: str) -> dict[str, str]:
    links = {"case": f"{public_url}/console/cases/{happened.case_id}"}
    if happened.external_id is not None:
        links["article"] = f"{public_url}/v1/articles/{quote(happened.external_id, safe='')}"
    if happened.receipt is not None:
        links["flag"] = f"{public_url}/v1/flags/{happened.receipt}"
    return links
