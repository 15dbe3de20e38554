"""Which channel has which name; a new one is one more line here."""

from __future__ import annotations

from moderation_service.notifications.channels import mail, webhook
from moderation_service.notifications.channels.base import Channel, FatalChannelError

CHANNELS: dict[str, Channel] = {"mail": mail.send, "webhook": webhook.send}


def channel_of(name: str) -> Channel:
    """The channel of that name.

    Raises:
        FatalChannelError: there is none.
    """
    if name not in CHANNELS:
        raise FatalChannelError(f"There is no channel {name!r}")
    return CHANNELS[name]
