"""Signatures, checked with an HMAC of the tests' own, as the specification describes it."""

from __future__ import annotations

import base64
import hashlib
import hmac

from moderation_service.notifications.channels import signing

BODY = b'{"type":"rule.fired"}'


def expected(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of Standard Webhooks 1.0.0, from the secret as a receiver has it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = message_id.encode() + b"." + timestamp.encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def test_the_example_of_the_specification() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_headers() -> None:
    secret = signing.new_secret()
    headers = signing.headers("msg_1", 1_700_000_000, BODY, [secret])
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_1", "1700000000")
    assert headers["webhook-signature"] == expected(signing.serialised(secret), "msg_1", "1700000000", BODY)


def test_each_secret_signs() -> None:
    new, old = signing.new_secret(), signing.new_secret()
    signatures = signing.headers("msg_1", 5, BODY, [new, old])["webhook-signature"].split(" ")
    assert signatures == [expected(signing.serialised(secret), "msg_1", "5", BODY) for secret in (new, old)]


def test_a_secret_has_256_bits_and_says_what_it_is() -> None:
    secret = signing.new_secret()
    assert len(secret) == 32
    assert signing.serialised(secret).startswith("whsec_")
    assert secret != signing.new_secret()
