"""Keys, tokens and passwords: made here, shown once, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

# A key says what it is, so that a leaked one is found by scanners and a wrong one is told apart in an error.
PREFIXES = {"publishable": "pk_", "secret": "sk_", "session": "ms_", "half": "mh_", "personal": "mt_"}
SHORTEST_PASSWORD = 12


def new_secret(kind: str) -> str:
    """A key or token with 256 random bits, its kind in front."""
    return PREFIXES[kind] + secrets.token_urlsafe(32)


def new_password() -> str:
    """A first password, for somebody else to type once: 96 random bits."""
    return secrets.token_urlsafe(12)


def digest(secret: str) -> bytes:
    """How a key or token is kept: SHA-256 is enough for 256 random bits, which nobody can try out."""
    return hashlib.sha256(secret.encode()).digest()


@cache
def hasher() -> PasswordHasher:
    """The password hasher, with argon2-cffi's own recommended cost."""
    return PasswordHasher()


def hash_password(password: str) -> str:
    """An argon2id hash of a password."""
    return hasher().hash(password)


@cache
def _hash_of_nothing() -> str:
    """A hash that no password has, as dear to check as a true one; made up, for the time to compute it would tell."""
    cost = hasher()
    salt, tag = (b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (cost.salt_len, cost.hash_len))
    parameters = f"m={cost.memory_cost},t={cost.time_cost},p={cost.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${parameters}${salt}${tag}"


def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes as long for somebody who does not exist."""
    try:
        hasher().verify(password_hash or _hash_of_nothing(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
