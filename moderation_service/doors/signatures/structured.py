"""The signatures of the standard that came of the draft: HTTP Message Signatures, RFC 9421, with RFC 9530's digests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from moderation_service.doors.signatures.message import AHEAD, OLDEST, Message, PublicKey, public_key
from moderation_service.errors import Unauthenticated

# What says which request it was, as the servers that send these sign it.
REQUIRED = ("@method", "@target-uri")
_KEY_ID = re.compile(r';keyid="([^"\\]+)"')


class _Resolver(HTTPSignatureKeyResolver):
    def __init__(self, key: PublicKey) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> PublicKey:  # noqa: ARG002  there is one
        return self._key


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = AHEAD


@dataclass(frozen=True, slots=True)
class Structured:
    """The one signature that `Signature-Input` and `Signature` hold."""

    key_id: str
    message: Message

    def check(self, pem: str) -> None:
        """See `Signed`."""
        key = public_key(pem)
        method = algorithms.ED25519 if isinstance(key, Ed25519PublicKey) else algorithms.RSA_V1_5_SHA256
        verifier = _Verifier(signature_algorithm=method, key_resolver=_Resolver(key))
        try:
            verifier.verify(self.message, max_age=OLDEST, require_components=REQUIRED, body=self.message.body)
        except HTTPMessageSignaturesException as error:
            raise Unauthenticated(f"The signature does not hold: {error}") from error


def read(message: Message) -> Structured:
    """The signature of a request; when it was made, and over what, is looked at with the key.

    Raises:
        Unauthenticated: it names no key, or there are several.
    """
    named = _KEY_ID.findall(message.headers.get("signature-input", ""))
    if len(named) != 1:
        raise Unauthenticated("Signature-Input names no key, or more than one")
    return Structured(named[0], message)
