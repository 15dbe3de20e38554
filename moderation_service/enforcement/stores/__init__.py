"""Content stores: one adapter per kind, behind one Protocol."""

from moderation_service.enforcement.stores.base import FatalStoreError, RetryableStoreError, Store, Target
from moderation_service.enforcement.stores.registry import connect

__all__ = ["FatalStoreError", "RetryableStoreError", "Store", "Target", "connect"]
