"""Signatures of webhooks, as Standard Webhooks 1.0.0 has them: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

SECRET_BYTES = 32  # the specification asks for 24 to 64
PREFIX = "whsec_"


def new_secret() -> bytes:
    """A secret of 256 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def serialised(secret: bytes) -> str:
    """A secret as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secret).decode()


def message_id(uid: UUID) -> str:
    """What receivers know a message by, the same in each try."""
    return f"msg_{uid.hex}"


def headers(message_id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The three headers; a signature with each of these secrets, so that a receiver may know any one of them.

    `timestamp` is that of the try, in whole seconds since 1970: receivers refuse old ones.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, content, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
