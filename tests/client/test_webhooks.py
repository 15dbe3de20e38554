"""Webhooks that may be believed, and those that may not; signed by the service's own hand."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from moderation_service.client import WebhookRefused, verify_webhook
from moderation_service.notifications.channels import signing

EVENT = {"type": "case.decided", "data": {"article": "ferry"}}
BODY = json.dumps(EVENT).encode()
NEW, OLD, FOREIGN = b"n" * 32, b"o" * 32, b"f" * 32
NOW = 1_700_000_000


def verify(headers: dict[str, str], body: bytes = BODY, secrets: Sequence[bytes] = (NEW, OLD)) -> object:
    return verify_webhook(headers, body, [signing.serialised(secret) for secret in secrets], now=NOW)


def signed(*keys: bytes, body: bytes = BODY, at: int = NOW) -> dict[str, str]:
    return signing.headers("msg_1", at, body, keys)


@pytest.mark.parametrize("keys", [(NEW,), (OLD,), (FOREIGN, OLD)])
def test_one_good_signature_is_enough(keys: tuple[bytes, ...]) -> None:
    assert verify(signed(*keys)) == EVENT


def test_the_headers_may_be_written_in_any_case() -> None:
    assert verify({name.title(): value for name, value in signed(NEW).items()}) == EVENT


@pytest.mark.parametrize(
    ("headers", "body", "because"),
    [
        (signed(FOREIGN), BODY, "not signed"),
        (signed(NEW), BODY + b" ", "not signed"),
        (signed(NEW) | {"webhook-id": "msg_2"}, BODY, "not signed"),
        (signed(NEW) | {"webhook-signature": "v1,\u00e4 v1 v2,x"}, BODY, "not signed"),
        (signed(NEW, at=NOW - 301), BODY, "more than 300 s"),
        (signed(NEW, at=NOW + 301), BODY, "more than 300 s"),
        (signed(NEW) | {"webhook-timestamp": "soon"}, BODY, "no number"),
        ({}, BODY, "webhook-id is missing"),
        (signed(NEW, body=b"[]"), b"[]", "no event"),
        (signed(NEW, body=b"{"), b"{", "no JSON"),
    ],
)
def test_what_may_not_be_believed_is_refused(headers: dict[str, str], body: bytes, because: str) -> None:
    with pytest.raises(WebhookRefused, match=because):
        verify(headers, body)


def test_a_secret_that_is_none_is_the_sites_own_mistake() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_webhook(signed(NEW), BODY, ["whsec_not base64"], now=NOW)


@pytest.mark.parametrize("empty", ["", "whsec_"])
def test_what_is_signed_with_nothing_is_not_believed(empty: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        verify_webhook(signed(b""), BODY, [empty], now=NOW)
