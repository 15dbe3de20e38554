"""Channels: one file per way to reach somebody, each with one function that sends."""

from moderation_service.notifications.channels.base import (
    Answered,
    ChannelError,
    FatalChannelError,
    GoneError,
    Message,
    RetryableChannelError,
)
from moderation_service.notifications.channels.registry import channel_of

__all__ = [
    "Answered",
    "ChannelError",
    "FatalChannelError",
    "GoneError",
    "Message",
    "RetryableChannelError",
    "channel_of",
]
