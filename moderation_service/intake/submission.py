"""What a reader sends, made ready for the database: hashed, keyed, and with its receipt already drawn."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

DIGEST_SIZE = 16  # bytes; 128 bits leave no chance collisions among billions of flags


def keyed_hash(secret: str, *words: str) -> bytes:
    """A 16-byte hash of `words` that nobody without `secret` can test guesses against."""
    digest = hashlib.blake2b(key=hashlib.sha256(secret.encode()).digest(), digest_size=DIGEST_SIZE)
    for word in words:
        encoded = word.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.digest()


def reporter_hash(secret: str, site_id: int, named: str) -> bytes:
    """The hash that stands for a reader whom his site calls so; another site's reader of that name is another."""
    return keyed_hash(secret, "reporter", str(site_id), named)


def fingerprint(*chunks: bytes) -> bytes:
    """A 16-byte digest of a request, to tell whether an Idempotency-Key came with the same one."""
    digest = hashlib.blake2b(digest_size=DIGEST_SIZE)
    for chunk in chunks:
        digest.update(len(chunk).to_bytes(8, "big") + chunk)
    return digest.digest()


class _RandomBytes:
    """The system's random bytes, fetched many at a time: one call costs more than the rest of a receipt."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Begin anew; a forked process must not draw what its parent draws."""
        self._bytes = b""
        self._taken = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes, which nobody else gets."""
        with self._lock:
            if self._taken + count > len(self._bytes):
                self._bytes, self._taken = os.urandom(4096), 0
            taken = self._bytes[self._taken : self._taken + count]
            self._taken += count
        return taken


_random = _RandomBytes()


def new_receipt() -> UUID:
    """A receipt that nobody can guess (74 random bits) and that sorts by time (UUID version 7, RFC 9562).

    Sorting by time keeps the index of receipts growing at one end, whatever its size.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(_random.take(10), "big")
    value = (
        (milliseconds << 80) | (0x7 << 76) | ((random >> 68 & 0xFFF) << 64) | (0b10 << 62) | (random & (1 << 62) - 1)
    )
    return UUID(int=value)


@dataclass(frozen=True, slots=True)
class Target:
    """What in the article is meant: all of it, one part, or words quoted from a part.

    `quotation` is a TextQuoteSelector of the W3C Web Annotation model: `exact`, and optionally `prefix`, `suffix`.
    Without a part it is looked for in the article, and belongs to all of it where it does not stand there.
    """

    part: str | None = None
    quotation: dict[str, str] | None = None

    def key(self, visitor: bytes = b"") -> bytes:
        """A digest that is the same for the same target, of the same visitor where there are several."""
        told = [json.dumps([self.part, self.quotation], sort_keys=True).encode()]
        return fingerprint(*told, visitor) if visitor else fingerprint(*told)


@dataclass(frozen=True, slots=True)
class Via:
    """How a flag came that another network sent: from which server, if that is known, and what it said besides."""

    host: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One flag, ready to be recorded.

    `reporter` is the keyed hash of who sends it, `reporter_since` when his account was made, as far as the site says.
    Where a network stands for its readers, `visitor` tells them apart: they remain one voice, but each has flags and
    receipts of his own. `revision` is the one he saw (None: the newest); `idempotency_key` and `request` are digests
    of the header and of the request it came with. `via` is kept by `record.record_one` alone.
    """

    site_id: int
    external_id: str | None
    url: str | None
    title: str | None
    revision: int | None
    target: Target
    reporter: bytes
    visitor: bytes = b""
    reporter_since: datetime | None = None
    reason: str
    comment: str | None = None
    locale: str | None = None
    email: str | None = None
    channel: str = "api"
    notifier: str = "user"
    idempotency_key: bytes | None = None
    request: bytes = b""
    receipt: UUID = field(default_factory=new_receipt)
    via: Via | None = None

    @property
    def target_key(self) -> bytes:
        """What the constraint of one flag per target knows this flag by, beside article, revision and reporter."""
        return self.target.key(self.visitor)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer: the receipt that holds for this flag, and whether this call made it (202) or found it (200)."""

    receipt: UUID
    received_at: datetime
    status: int
    state: str = "received"

    @property
    def is_new(self) -> bool:
        """Whether this call recorded the flag."""
        return self.status == 202
