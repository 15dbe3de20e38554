"""Rate limits per site, reporter, network and sign-in, and the headers that tell callers of them."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass
from functools import lru_cache

from limits import RateLimitItem, parse

from moderation_service.api.counters import SharedCounters
from moderation_service.config import Settings
from moderation_service.errors import RateLimited
from moderation_service.sites.service import SiteKey


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a policy after a use."""

    policy: str
    item: RateLimitItem
    remaining: int
    seconds: int

    @property
    def headers(self) -> list[tuple[str, str]]:
        """As draft-ietf-httpapi-ratelimit-headers-11 writes it."""
        return [
            ("RateLimit-Policy", f'"{self.policy}";q={self.item.amount};w={self.item.get_expiry()}'),
            ("RateLimit", f'"{self.policy}";r={self.remaining};t={self.seconds}'),
        ]


class RateLimits:
    """The limits of the service."""

    def __init__(self, settings: Settings) -> None:
        self._counters = SharedCounters(settings.redis_url or None)
        self._items = {
            "site": parse(settings.rate_limit_site),
            "network": parse(settings.rate_limit_network),
            "reporter": parse(settings.rate_limit_reporter),
            "receipt": parse(settings.rate_limit_receipt),
            "webhook": parse(settings.rate_limit_webhook),
            "login": parse(settings.rate_limit_login),
        }

    def hit(self, policy: str, who: str, *, cost: int = 1) -> Left:
        """Count one use (or `cost`) against a policy; what is left of it.

        Raises:
            RateLimited: it is one too many; says when the window ends.
        """
        item = self._items[policy]
        counter = item.key_for(policy, name_of(who))
        count = self._counters.incr(counter, item.get_expiry(), amount=cost)
        seconds = max(1, math.ceil(self._counters.get_expiry(counter) - time.time()))
        if count > item.amount:
            raise RateLimited(
                f"Too many requests for this {policy}; try again in {seconds} s",
                retry_after=seconds,
                **{"violated-policies": [policy]},
            )
        return Left(policy, item, item.amount - count, seconds)

    def count_arrivals(self, site: SiteKey, network: str, flags: int) -> None:
        """Count flags against the limits of their site and, from readers' browsers, of the network they come from.

        Raises:
            RateLimited: as `hit`.
        """
        self.hit("site", str(site.site_id), cost=flags)
        if site.kind == "publishable":
            self.hit("network", network, cost=flags)

    def forget(self) -> None:
        """Count anew, and share nothing of what was counted."""
        self._counters.reset()


@lru_cache(maxsize=4096)
def name_of(who: str) -> str:
    """A short name for a counter, from which nobody reads back an address or an account."""
    return hashlib.blake2b(who.encode(), digest_size=12).hexdigest()
