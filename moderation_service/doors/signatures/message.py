"""A request that is signed, and what holds for every way of signing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from moderation_service.errors import Unauthenticated

# As old as Mastodon takes, too: what waited in a queue is still delivered. An activity that comes twice in that time is
# known by its id.
OLDEST = timedelta(hours=12)
AHEAD = timedelta(hours=1)
RSA_BITS = range(2048, 8193)

PublicKey = RSAPublicKey | Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it came: its headers by their names in lower case, `url` as its sender wrote it."""

    method: str
    url: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Signed(Protocol):
    """A signature that was read, and whose request is what it says; whether it is genuine, only the key can tell."""

    @property
    def key_id(self) -> str:
        """The URI of the key that made it, as it says itself."""

    def check(self, pem: str) -> None:
        """Raise `Unauthenticated` unless this public key made it."""


def public_key(pem: str) -> PublicKey:
    """The key in this PEM.

    Raises:
        Unauthenticated: it is none of a kind and size that is used here.
    """
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unauthenticated("The actor's key cannot be read") from error
    if isinstance(key, Ed25519PublicKey) or (isinstance(key, RSAPublicKey) and key.key_size in RSA_BITS):
        return key
    raise Unauthenticated("The actor's key is neither Ed25519 nor RSA of 2,048 to 8,192 bits")


def require_recent(signed_at: datetime, now: datetime) -> None:
    """Refuse what was signed too long ago, or is signed for a time to come.

    Raises:
        Unauthenticated: so it is.
    """
    if not now - OLDEST <= signed_at <= now + AHEAD:
        raise Unauthenticated("The request was signed more than 12 hours ago, or more than an hour from now")
