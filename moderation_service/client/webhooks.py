"""Whether a webhook is from the service: its signature, as Standard Webhooks 1.0.0 describes it."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import ClientError

PREFIX = "whsec_"
TOLERANCE = 300  # seconds that the clocks may differ, and a webhook be on its way


class WebhookRefused(ClientError):
    """A webhook that must not be believed; the words say why."""


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    *,
    tolerance: int = TOLERANCE,
    now: float | None = None,
) -> dict[str, Any]:
    """The event in a webhook, once it is certain who sent it, and lately.

    `headers` are the request's, in any case, and `body` its bytes as they came. `secrets` are those shown in the
    service as `whsec_…`: while one replaces another, both. The same event may come more than once: its `webhook-id`
    stays the same. `now` is the time in seconds since 1970, for tests.

    Raises:
        WebhookRefused: it is not signed with one of the secrets, not lately, or is no event.
        ValueError: a secret is none.
    """
    told = {name.lower(): value for name, value in headers.items()}
    missing = [n for n in ("webhook-id", "webhook-timestamp", "webhook-signature") if not told.get(n)]
    if missing:
        raise WebhookRefused(f"The header {missing[0]} is missing")
    sent = told["webhook-timestamp"]
    _require_lately(sent, tolerance, time.time() if now is None else now)
    content = f"{told['webhook-id']}.{sent}.".encode() + body
    good = [base64.b64encode(hmac.digest(_bytes_of(secret), content, "sha256")) for secret in secrets]
    given = [s[3:].encode() for s in told["webhook-signature"].split(" ") if s.startswith("v1,")]
    # All are compared, each in the same time: how long it took tells nobody how close he came.
    if not any([hmac.compare_digest(one, other) for one in good for other in given]):
        raise WebhookRefused("It is not signed with one of the secrets")
    return _event(body)


def _require_lately(sent: str, tolerance: int, now: float) -> None:
    if not (sent.isascii() and sent.isdigit() and len(sent) < 16):
        raise WebhookRefused("Its time is no number of seconds")
    if abs(now - int(sent)) > tolerance:
        raise WebhookRefused(f"Its time is more than {tolerance} s away from ours")


def _bytes_of(secret: str) -> bytes:
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("A webhook's secret is whsec_ and base64") from error
    if not found:
        # A setting that was left empty: anybody can sign with nothing.
        raise ValueError("A webhook's secret is not empty")
    return found


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError as error:
        raise WebhookRefused("Its body is no JSON") from error
    if not isinstance(event, dict):
        raise WebhookRefused("Its body is no event")
    return event
