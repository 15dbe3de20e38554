"""From a legal notice as it was sent to one that can be recorded, and back to what its sender is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from moderation_service.api.arrivals import result_of
from moderation_service.api.submissions import key_digest, links_of, submission_of
from moderation_service.intake.legal import CHANNEL, Filed, Filing, missing_from
from moderation_service.intake.submission import Submission, fingerprint, new_receipt
from moderation_service.sites.service import SiteKey

OF_EACH = ("reason", "locale", "email", "reporter", "visitor")


def filing_of(
    notice: dict[str, Any], *, sent: bytes, key: str | None, site: SiteKey, address: str | None, secret: str
) -> Filing:
    """A loaded notice, ready to be recorded; the rest is as with `submission_of`.

    Each item is a flag with the explanation as its comment, and under a key of its own, by which it is found when the
    notice comes again; one that was refused has none, so the notice keeps the key itself. The notice's receipt keeps it
    apart from what the same reader flags otherwise, and from what he gives notice of another time.

    Raises:
        Invalid: as `submission_of`.
    """
    # Sorted, for by their receipts the items are told in the order in which they were given.
    receipts = sorted(new_receipt() for _ in notice["items"])
    shared = {name: notice[name] for name in OF_EACH if name in notice} | {"comment": notice.get("explanation") or None}
    receipt, name = new_receipt(), (notice.get("name") or "").strip() or None

    def item_of(item: dict[str, Any], place: int) -> Submission:
        own_key = None if key is None else f"{key}/{place}"
        flag = submission_of(shared | item, sent=sent, key=own_key, site=site, address=address, secret=secret)
        notifier = "user" if name else flag.notifier
        return replace(flag, receipt=receipts[place], channel=CHANNEL, visitor=receipt.bytes, notifier=notifier)

    return Filing(
        site_id=site.site_id,
        receipt=receipt,
        items=[item_of(item, place) for place, item in enumerate(notice["items"])],
        name=name,
        good_faith=notice["good_faith"],
        missing=missing_from(notice | {"name": name}, notice["reason"]),
        idempotency_key=key_digest(key, site),
        request=fingerprint(sent),
    )


def told_of(filed: Filed, public_url: str) -> dict[str, Any]:
    """What the sender of a notice is told."""
    return {
        "receipt": str(filed.receipt),
        "status": "received",
        "received_at": filed.received_at.isoformat(),
        "missing": list(filed.missing),
        "results": [result_of(item) for item in filed.items],
        "links": links_of(str(filed.receipt), public_url, of="legal-notices"),
    }
