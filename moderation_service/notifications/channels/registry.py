"""Which channel has which name; a new one is one more line here."""

from __future__ import annotations

from moderation_service.notifications.channels.base import Channel, FatalChannelError
from moderation_service.notifications.channels.mail import Mail
from moderation_service.notifications.channels.webhook import Webhook

CHANNELS: dict[str, Channel] = {"mail": Mail(), "webhook": Webhook()}


def names() -> list[str]:
    """The names of the channels there are."""
    return list(CHANNELS)


def channel_of(name: str) -> Channel:
    """The channel of that name.

    Raises:
        FatalChannelError: there is none.
    """
    if name not in CHANNELS:
        raise FatalChannelError(f"There is no channel {name!r}")
    return CHANNELS[name]


def recipient_fault(name: str, recipient: str) -> str | None:
    """Why that channel reaches nobody there, as words that follow a field's name; None when it looks right.

    For where a person types a recipient. What gets past it becomes a dead letter, never an error of its cause.
    """
    return channel_of(name).fault(recipient)
