"""A flag at the door, however it came: held to the limits, recorded, counted."""

from __future__ import annotations

from moderation_service.api import metrics
from moderation_service.api.current import services
from moderation_service.api.ratelimits import Left
from moderation_service.api.submissions import network_of
from moderation_service.intake.submission import Recorded, Submission
from moderation_service.sites.service import SiteKey


def take_in(submission: Submission, site: SiteKey, address: str | None) -> tuple[Recorded, Left]:
    """Record a flag that came from an IP address; its receipt, and what is left of its reporter's limit.

    Raises:
        RateLimited: there were too many from there, of that reporter or for the site.
        Unavailable, DomainError: as `Gate.submit`.
    """
    limits = services().limits
    limits.count_arrivals(site, network_of(address), 1)
    left = limits.hit("reporter", submission.reporter.hex())
    recorded = services().gate.submit(submission)
    count(recorded)
    return recorded, left


def count(recorded: Recorded) -> None:
    """Tell the metrics of a flag."""
    metrics.FLAGS.labels("new" if recorded.is_new else "repeat").inc()
