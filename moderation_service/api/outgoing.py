"""Calls that a request makes to a site's own systems while it waits; no transaction is open around them."""

from __future__ import annotations

from moderation_service.api.current import services
from moderation_service.notifications.channels import Message
from moderation_service.notifications.delivery import Outcome, attempt
from moderation_service.notifications.webhooks import trying


def look_at(url: str | None, site_id: int) -> None:
    """Nothing, when a site's webhooks may go to this address; None is no address, and not looked at.

    Raises:
        Invalid: they may not.
        RateLimited: the site has asked too often.
    """
    if url is not None:
        services().limits.hit("webhook", str(site_id))
        trying.check_address(url, services().settings)


def send_now(message: Message, site_id: int) -> Outcome:
    """Send a site's webhook while the request waits, ten seconds or so at most; every failure is an answer.

    Raises:
        RateLimited: the site has asked too often.
    """
    services().limits.hit("webhook", str(site_id))
    return attempt("webhook", message, services().settings)
