"""A flag or a legal notice at the door, however it came: held to the limits, recorded, counted."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from moderation_service import pipeline
from moderation_service.api import metrics, problems
from moderation_service.api.current import services, transaction
from moderation_service.api.ratelimits import Left
from moderation_service.api.submissions import network_of, receipt_of
from moderation_service.errors import DomainError, Unavailable
from moderation_service.intake.legal import Filed, Filing
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


def file(filing: Filing, site: SiteKey, address: str | None) -> Filed:
    """Record a legal notice that came from an IP address; each of its items counts for the site and the network.

    Raises:
        RateLimited: as `take_in`.
        DomainError: as `legal.file`.
    """
    limits = services().limits
    limits.count_arrivals(site, network_of(address), len(filing.items))
    limits.hit("reporter", filing.items[0].reporter.hex())
    with transaction() as session:
        return pipeline.submit_legal_notice(session, filing)


def result_of(answer: Recorded | Exception) -> dict[str, Any]:
    """What became of one of several flags, as the answer to it alone would have told; the metrics are told, too."""
    if isinstance(answer, Recorded):
        count(answer)
        return {"status": answer.status, "flag": receipt_of(answer, services().settings.public_url)}
    metrics.FLAGS.labels("refused").inc()
    if isinstance(answer, ValidationError):
        return {"status": 422, "problem": problems.of_fields(answer)}
    error = answer if isinstance(answer, DomainError) else Unavailable("This flag was not recorded; send it again")
    members = problems.of_domain(error)
    return {"status": members["status"], "problem": members}
