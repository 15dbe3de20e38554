"""The signatures that Mastodon, Lemmy and most others send: draft-cavage-http-signatures-12."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from moderation_service.doors.signatures.message import Message, public_key, require_recent
from moderation_service.errors import Unauthenticated

TARGET = "(request-target)"
REQUIRED = frozenset({TARGET, "host", "date", "digest"})
# By hs2019 everybody means what the kind of the key says; the draft's RSASSA-PSS is sent by nobody.
ALGORITHMS = {"rsa-sha256": "RSA", "ed25519": "Ed25519", "hs2019": None, None: None}
_PARAMETER = re.compile(r'\s*([a-zA-Z]+)=(?:"([^"\\]*)"|([0-9]+))\s*(?:,|$)')


@dataclass(frozen=True, slots=True)
class Cavage:
    """A signature in the `Signature` header, over a text made of the headers that it names."""

    key_id: str
    algorithm: str | None
    text: bytes
    value: bytes

    def check(self, pem: str) -> None:
        """See `Signed`."""
        key = public_key(pem)
        kind = "Ed25519" if isinstance(key, Ed25519PublicKey) else "RSA"
        if ALGORITHMS[self.algorithm] not in (None, kind):
            raise Unauthenticated(f"The signature is said to be {self.algorithm}, but the actor's key is {kind}")
        try:
            if isinstance(key, Ed25519PublicKey):
                key.verify(self.value, self.text)
            else:
                key.verify(self.value, self.text, PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise Unauthenticated("The signature was not made with the actor's key") from error


def read(message: Message, now: datetime) -> Cavage:
    """The signature of a request, which is recent and whose body is the one that was signed.

    Raises:
        Unauthenticated: it is none, does not cover what it must, or the request is not what it says.
    """
    parameters = _parameters(message.headers.get("signature", ""))
    key_id, algorithm = parameters.get("keyId", ""), parameters.get("algorithm")
    if not key_id or algorithm not in ALGORITHMS:
        raise Unauthenticated("The Signature header names no key, or an algorithm that is not known")
    covered = parameters.get("headers", "").lower().split()
    missing = REQUIRED - set(covered)
    if missing:
        raise Unauthenticated(f"The signature does not cover {', '.join(sorted(missing))}")
    _require_body(message)
    require_recent(_date(message), now)
    return Cavage(key_id, algorithm, _text(message, covered), _bytes(parameters.get("signature", "")))


def _parameters(header: str) -> dict[str, str]:
    found, place = {}, 0
    while match := _PARAMETER.match(header, place):
        name = match[1]
        if name in found:
            raise Unauthenticated(f"The Signature header has {name} twice")
        found[name], place = match[2] if match[2] is not None else match[3], match.end()
    if not found or place != len(header):
        raise Unauthenticated("The Signature header cannot be read")
    return found


def _require_body(message: Message) -> None:
    digests = dict(part.strip().partition("=")[::2] for part in message.headers.get("digest", "").split(","))
    told = next((value for name, value in digests.items() if name.lower() == "sha-256"), "")
    if not hmac.compare_digest(_bytes(told), hashlib.sha256(message.body).digest()):
        raise Unauthenticated("The Digest header is not the SHA-256 of the body")


def _date(message: Message) -> datetime:
    try:
        signed_at = parsedate_to_datetime(message.headers.get("date", ""))
    except (ValueError, OverflowError) as error:
        raise Unauthenticated("The Date header cannot be read") from error
    if signed_at.tzinfo is None:
        raise Unauthenticated("The Date header has no time zone")
    return signed_at


def _text(message: Message, covered: list[str]) -> bytes:
    values = {TARGET: f"{message.method.lower()} {message.target}"} | dict(message.headers)
    lines = []
    for name in covered:
        if name not in values:
            raise Unauthenticated(f"The signature covers {name}, which did not come along")
        lines.append(f"{name}: {values[name].strip()}")
    return "\n".join(lines).encode("utf-8", "replace")


def _bytes(told: str) -> bytes:
    try:
        return base64.b64decode(told, validate=True)
    except ValueError as error:
        raise Unauthenticated("A signature or digest is no Base64") from error
