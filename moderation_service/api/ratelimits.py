"""Rate limits per site, reporter, network and sign-in, and the headers that tell callers of them."""

from __future__ import annotations

import hashlib
import math
import time

from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter

from moderation_service.api.counters import SharedCounters
from moderation_service.config import Settings
from moderation_service.errors import RateLimited


class RateLimits:
    """The limits of the service."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = FixedWindowRateLimiter(SharedCounters(settings.redis_url or None))
        self._items = {
            "site": parse(settings.rate_limit_site),
            "network": parse(settings.rate_limit_network),
            "reporter": parse(settings.rate_limit_reporter),
            "login": parse(settings.rate_limit_login),
        }

    def hit(self, policy: str, who: str, *, cost: int = 1) -> None:
        """Count one use (or `cost`) against a policy.

        Raises:
            RateLimited: it is one too many; says when the window ends.
        """
        item = self._items[policy]
        if not self._limiter.hit(item, policy, name_of(who), cost=cost):
            ends = self._limiter.get_window_stats(item, policy, name_of(who)).reset_time
            wait = max(1, math.ceil(ends - time.time()))
            raise RateLimited(
                f"Too many requests for this {policy}; try again in {wait} s",
                retry_after=wait,
                **{"violated-policies": [policy]},
            )

    def headers(self, policy: str, who: str) -> dict[str, str]:
        """What is left of a policy, as draft-ietf-httpapi-ratelimit-headers-11 writes it."""
        item: RateLimitItem = self._items[policy]
        ends, left = self._limiter.get_window_stats(item, policy, name_of(who))
        return {
            "RateLimit-Policy": f'"{policy}";q={item.amount};w={item.get_expiry()}',
            "RateLimit": f'"{policy}";r={max(0, left)};t={max(0, math.ceil(ends - time.time()))}',
        }


def name_of(who: str) -> str:
    """A short name for a counter, from which nobody reads back an address or an account."""
    return hashlib.blake2b(who.encode(), digest_size=12).hexdigest()
