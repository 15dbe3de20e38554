"""Which adapter serves a kind of store; a new kind is one more line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moderation_service.db import Transaction
from moderation_service.enforcement.stores.base import FatalStoreError, Store
from moderation_service.enforcement.stores.builtin import BuiltinStore

KINDS: dict[str, Callable[[Transaction, Mapping[str, Any]], Store]] = {
    "builtin": lambda transaction, _options: BuiltinStore(transaction),
}


def connect(kind: str, options: Mapping[str, Any], transaction: Transaction) -> Store:
    """The store of that kind, with the site's options for it.

    Raises:
        FatalStoreError: there is no such kind.
    """
    if kind not in KINDS:
        raise FatalStoreError(f"There is no content store of the kind {kind!r}")
    return KINDS[kind](transaction, options)
