"""The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header-07)."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from moderation_service.errors import Invalid

# A string of structured fields (RFC 9651): printable ASCII between quotation marks, with \" and \\ inside.
# The bare form that many clients send is understood too, and means the same as the quoted one.
QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"')
BARE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,255}")

KEY_HEADER: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 257},
    "description": "A string of your own, in quotation marks. The same request again gets the same answer; another "
    "request with this key gets 422, and 409 with Retry-After while the first is still running.",
}


def idempotency_key() -> str | None:
    """The key of this request; None when it has none.

    Raises:
        Invalid: as `key_in`.
    """
    return key_in(request.headers.get("Idempotency-Key"))


def key_in(sent: str | None) -> str | None:
    """The key in a header's value, without its quotation marks; None for none.

    Raises:
        Invalid: it is not a string of 1 to 255 printable ASCII characters.
    """
    if sent is None:
        return None
    quoted = QUOTED.fullmatch(sent)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if BARE.fullmatch(sent):
        return sent
    raise Invalid(
        "An Idempotency-Key has 1 to 255 printable ASCII characters, in quotation marks",
        field="Idempotency-Key",
    )
