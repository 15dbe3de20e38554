"""Channels: one file per way to reach somebody, behind one Protocol."""

from moderation_service.notifications.channels.base import FatalChannelError, Message, RetryableChannelError
from moderation_service.notifications.channels.registry import channel_of, names, recipient_fault

__all__ = ["FatalChannelError", "Message", "RetryableChannelError", "channel_of", "names", "recipient_fault"]
