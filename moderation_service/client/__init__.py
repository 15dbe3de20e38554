"""A client of the service for a site's own server; it needs nothing but `requests`, so the folder may be copied.

    service = ModerationService("https://moderation.example", "sk_…")
    service.put_article("ferry-returns", {"category": "LOCAL", "headline": "…", "paragraphs": ["…"]})
    match service.get_article("ferry-returns"):
        case Visible() as article: ...   # show it; a part without text was removed
        case Hidden() | Removed() | RemovedLegally() | Unknown() as absent: ...

Every call has a time limit. What may be sent twice without harm is tried again when the service does not answer.
"""

from .answers import (
    Absent,
    Answer,
    Hidden,
    Listed,
    Part,
    Published,
    ReachResult,
    Receipt,
    Removed,
    RemovedLegally,
    Standing,
    Unknown,
    Visible,
)
from .errors import ClientError, Refused, ServiceAway, TooOften
from .service import ModerationService
from .webhooks import WebhookRefused, verify_webhook

__all__ = [
    "Absent",
    "Answer",
    "ClientError",
    "Hidden",
    "Listed",
    "ModerationService",
    "Part",
    "Published",
    "ReachResult",
    "Receipt",
    "Refused",
    "Removed",
    "RemovedLegally",
    "ServiceAway",
    "Standing",
    "TooOften",
    "Unknown",
    "Visible",
    "WebhookRefused",
    "verify_webhook",
]
