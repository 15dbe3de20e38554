"""Fakes that stand at the doors to other systems."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moderation_service.config import Settings
from moderation_service.decisions.effect import Wanted
from moderation_service.enforcement.stores import Target, registry
from moderation_service.notifications.channels import Message
from moderation_service.notifications.channels import registry as channels


class FakeStore:
    """A content store in memory that can fail, lie and be slow.

    The next calls of `apply` raise `failures`, one each, and those of `read_back` `silences`; `lies` are what
    `read_back` says first; while `open` is cleared `apply` waits, before it has done anything.
    """

    def __init__(self) -> None:
        self.shown: dict[int, tuple[int, Wanted]] = {}
        self.applied: list[tuple[int, Wanted]] = []
        self.failures: list[Exception] = []
        self.silences: list[Exception] = []
        self.lies: list[Wanted] = []
        self.entered = threading.Event()
        self.open = threading.Event()
        self.open.set()

    def apply(self, target: Target, wanted: Wanted, *, version: int) -> None:
        """See `Store.apply`."""
        self.entered.set()
        assert self.open.wait(10)
        if self.failures:
            raise self.failures.pop(0)
        self.applied.append((version, wanted))
        if version > self.shown.get(target.article_id, (0, wanted))[0]:
            self.shown[target.article_id] = version, wanted

    def read_back(self, target: Target) -> Wanted:
        """See `Store.read_back`."""
        if self.silences:
            raise self.silences.pop(0)
        if self.lies:
            return self.lies.pop(0)
        return self.shown.get(target.article_id, (0, Wanted()))[1]


@contextmanager
def connected(store: FakeStore, kind: str = "fake") -> Iterator[FakeStore]:
    """Let sites have this store, under that kind, until the end of the block."""
    registry.KINDS[kind] = lambda _transaction, _options: store
    try:
        yield store
    finally:
        del registry.KINDS[kind]


class FakeChannel:
    """A channel in memory; its next calls raise `failures`, one each, and `sent` is what it took over."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failures: list[Exception] = []

    def __call__(self, message: Message, settings: Settings) -> None:  # noqa: ARG002  the protocol's signature
        """See `Channel`."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


@contextmanager
def reachable(channel: FakeChannel, name: str = "fake") -> Iterator[FakeChannel]:
    """Let notices have this channel, under that name, until the end of the block."""
    with patch.dict(channels.CHANNELS, {name: channel}):
        yield channel
