"""Where a session is opened: enough for its owner to know it again, and no more than that."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

from flask import request

from moderation_service.api.current import services
from moderation_service.api.submissions import ip_of
from moderation_service.sites.people import Device

LONGEST_AGENT = 200
# The first that is found is the right one: browsers name those whose pages they can show as well.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chromium", "Safari": "Safari"}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iOS", "iPad": "iOS", "Mac": "macOS", "Linux": "Linux"}


def lifetime() -> timedelta:
    """How long a session lasts at most."""
    return timedelta(hours=services().settings.session_hours)


def device() -> Device:
    """The device of this request, for a session that is opened now."""
    return Device(
        idle=timedelta(minutes=services().settings.session_idle_minutes),
        agent="".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())[:LONGEST_AGENT],
        network=hint_of(request.remote_addr),
    )


def hint_of(address: str | None) -> str | None:
    """The network an address is in, coarse enough to be no personal address: /24 of IPv4, /48 of IPv6."""
    ip = ip_of(address)
    return None if ip is None else str(ip_network((ip, 48 if ip.version == 6 else 24), strict=False))


def describe(agent: str | None) -> str | None:
    """A browser and its system in words, from what it says of itself; None where it names neither."""
    said = agent or ""
    found = [next((words for name, words in names.items() if name in said), None) for names in (BROWSERS, SYSTEMS)]
    return " · ".join(words for words in found if words) or None
