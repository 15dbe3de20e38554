"""Webhooks: a signed POST that the other side takes with any 2xx, and refuses for ever with 410."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from moderation_service.articles.content import url_fault
from moderation_service.config import Settings
from moderation_service.notifications.channels import signing
from moderation_service.notifications.channels.base import (
    Answered,
    FatalChannelError,
    GoneError,
    Message,
    RetryableChannelError,
)
from moderation_service.outbound import Answer, NotReached, Refused, call

GONE = 410
AFTER_MOST = timedelta(days=1)


def send(message: Message, settings: Settings) -> Answered:
    """Post a notice as Standard Webhooks 1.0.0 describes it, to a receiver that nobody vouches for.

    See `Channel`; redirects are not followed, and private addresses not called.
    """
    _check(message.recipient)
    body = payload(message)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "moderation-service",
        **signing.headers(signing.message_id(message.uid), int(time.time()), body, message.secrets),
    }
    return _judged(_posted(message.recipient, body, headers, allow_private=settings.webhook_allow_private))


def _posted(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Answer:
    try:
        return call("POST", url, body=body, headers=headers, allow_private=allow_private)
    except NotReached as error:
        raise RetryableChannelError(str(error)) from error
    except Refused as error:
        raise FatalChannelError(str(error)) from error


def _check(address: str) -> None:
    fault = address_fault(address)
    if fault is not None:
        raise FatalChannelError(f"The address {fault}")


def address_fault(address: str) -> str | None:
    """What is wrong with the form of an address, as the rest of a sentence; None when it may be called."""
    fault = url_fault(address)
    return "has a name or password in it" if fault is None and "@" in urlsplit(address).netloc else fault


def payload(message: Message) -> bytes:
    """The body: what happened, when it was noted, and the facts."""
    event = {"type": message.kind, "timestamp": message.created_at.isoformat(), "data": message.facts}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _judged(answer: Answer) -> Answered:
    answered = Answered(answer.status, answer.body.decode("utf-8", "replace"))
    if 200 <= answer.status < 300:
        return answered
    if answer.status == GONE:
        raise GoneError("It answered 410: it wants no more webhooks", answered=answered)
    if 300 <= answer.status < 400:
        words = f"It answered {answer.status}; redirects are not followed"
        raise RetryableChannelError(words, answered=answered)
    after = _wait(answer.headers.get("retry-after", ""), now=datetime.now(UTC))
    raise RetryableChannelError(f"It answered {answer.status}", after=after, answered=answered)


def _wait(retry_after: str, *, now: datetime) -> timedelta:
    """What Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3); a day at most."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(timedelta(seconds=int(retry_after[:9])), AFTER_MOST)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return timedelta()
    return min(max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta()), AFTER_MOST)
