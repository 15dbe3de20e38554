"""Content stores: one adapter per kind, behind one Protocol."""

from moderation_service.enforcement.stores.base import FatalStoreError, RetryableStoreError, Store, Target
from moderation_service.enforcement.stores.registry import connect
from moderation_service.enforcement.stores.saying import said_by

__all__ = ["FatalStoreError", "RetryableStoreError", "Store", "Target", "connect", "said_by"]
