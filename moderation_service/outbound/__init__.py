"""Calls to addresses that others chose: checked, bounded in time and size, and never led elsewhere."""

from moderation_service.outbound.calling import Answer, call, require_callable
from moderation_service.outbound.errors import NotReached, Refused

__all__ = ["Answer", "NotReached", "Refused", "call", "require_callable"]
