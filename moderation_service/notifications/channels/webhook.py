"""Webhooks: a signed POST that the other side takes with any 2xx, and refuses for ever with 410."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from moderation_service.articles.content import url_fault
from moderation_service.config import Settings
from moderation_service.notifications.channels import signing
from moderation_service.notifications.channels.base import FatalChannelError, Message, RetryableChannelError
from moderation_service.outbound import Answer, NotReached, Refused, call

GONE = 410
AFTER_MOST = timedelta(days=1)


def send(message: Message, settings: Settings) -> None:
    """Post a notice as Standard Webhooks 1.0.0 describes it, to a receiver that nobody vouches for.

    See `Channel`; redirects are not followed, and private addresses not called.
    """
    _check(message.recipient)
    body = payload(message)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "moderation-service",
        **signing.headers(f"msg_{message.uid.hex}", int(time.time()), body, message.secrets),
    }
    _judge(_posted(message.recipient, body, headers, allow_private=settings.webhook_allow_private))


def _posted(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Answer:
    try:
        return call("POST", url, body=body, headers=headers, allow_private=allow_private)
    except NotReached as error:
        raise RetryableChannelError(str(error)) from error
    except Refused as error:
        raise FatalChannelError(str(error)) from error


def _check(address: str) -> None:
    fault = url_fault(address)
    if fault is None and "@" in urlsplit(address).netloc:
        fault = "has a name or password in it"
    if fault is not None:
        raise FatalChannelError(f"The address {fault}")


def payload(message: Message) -> bytes:
    """The body: what happened, when it was noted, and the facts."""
    event = {"type": message.kind, "timestamp": message.created_at.isoformat(), "data": message.facts}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _judge(answer: Answer) -> None:
    if 200 <= answer.status < 300:
        return
    if answer.status == GONE:
        raise FatalChannelError("It answered 410: it wants no more webhooks")
    if 300 <= answer.status < 400:
        raise RetryableChannelError(f"It answered {answer.status}; redirects are not followed")
    raise RetryableChannelError(f"It answered {answer.status}", after=_wait(answer.headers.get("retry-after")))


def _wait(retry_after: str | None) -> timedelta:
    """What Retry-After asks for in seconds, a day at most; a date, which is hardly ever sent, is left unread."""
    if retry_after is None or not retry_after.isascii() or not retry_after.isdigit():
        return timedelta()
    return min(timedelta(seconds=int(retry_after[:9])), AFTER_MOST)
