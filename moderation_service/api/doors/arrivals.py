"""What the doors have in common: who may come in, what he brought, and how it becomes flags."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from moderation_service import json_text, pipeline
from moderation_service.api import metrics
from moderation_service.api.current import services, transaction
from moderation_service.api.submissions import network_of
from moderation_service.doors.flags import submissions_of
from moderation_service.doors.report import Report
from moderation_service.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from moderation_service.intake.submission import Recorded
from moderation_service.sites import service as sites
from moderation_service.sites.models import Door, Site
from moderation_service.sites.secrets import PREFIXES

LONGEST_CREDENTIAL = 4_000
# Questions to other servers that one process waits for; its other threads are for those who are here.
_asking = threading.BoundedSemaphore(4)


def bearer() -> str | None:
    """The bearer token of this request, if it has one.

    Raises:
        Unauthenticated: it is nothing that could be one.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    if len(token) > LONGEST_CREDENTIAL or not token.isascii():
        raise Unauthenticated("This is no bearer token")
    return token.strip()


def trusted_site(credential: str | None) -> str | None:
    """The slug of the site whose secret key this is, for it may pass reports on; None where it is no such key.

    Raises:
        Unauthenticated: it looks like one, but is none that holds.
    """
    if credential is None or not credential.startswith(PREFIXES["secret"]):
        return None
    key = services().recognise_key(credential)
    if key is None or key.kind != "secret":
        raise Unauthenticated("This key is not known, or its time is over")
    return key.slug


def count_stranger() -> None:
    """Count a request of whoever has no key against the limit of where it comes from.

    Raises:
        RateLimited: it is one too many.
    """
    services().limits.hit("network", network_of(request.remote_addr))


@contextmanager
def question(host: str) -> Iterator[None]:
    """Ask another server something: whoever comes here must not make us ask it without end, or wait for nothing else.

    Raises:
        RateLimited: it was asked too often.
        Unavailable: too many answers are waited for already.
    """
    services().limits.hit("network", f"asked {host}")
    if not _asking.acquire(blocking=False):
        raise Unavailable("The keys of too many others are asked for at this moment; try again")
    try:
        yield
    finally:
        _asking.release()


def open_site(slug: str, door: Door) -> Site:
    """The site of that slug, where this door of it is open.

    Raises:
        NotFound: there is none, or it is shut.
    """
    with transaction() as session:
        site = sites.site_by_slug(session, slug)
    if door not in site.doors:
        raise NotFound(sites.absent(slug))
    return site


def require_same(site: Site, trusted: str) -> None:
    """Refuse to take from one site what is for another.

    Raises:
        Forbidden: the key is another site's.
    """
    if site.slug != trusted:
        raise Forbidden("This key is another site's")


def json_object(kinds: Collection[str]) -> Mapping[str, Any]:
    """The body, which is a JSON object of one of these media types.

    Raises:
        UnsupportedMediaType: it says that it is something else.
        BadRequest: it is none.
    """
    if request.mimetype not in kinds:
        raise UnsupportedMediaType(f"Send the body as {' or '.join(kinds)}.")
    try:
        told = json_text.parsed(request.get_data().decode())
    except ValueError as error:
        raise BadRequest("The body is no JSON, or none that can be kept.") from error
    if not isinstance(told, dict):
        raise BadRequest("The body is no JSON object.")
    return told


def submit(site: Site, report: Report) -> list[Recorded]:
    """Record the flags of a report, all of them or none.

    Raises:
        Invalid: nothing that it names is an article of the site.
        RateLimited: too much came for the site, or from this reporter.
    """
    limits, secret = services().limits, services().settings.secret_key
    with transaction() as session:
        submissions = submissions_of(session, site, report, secret=secret)
    limits.hit("site", str(site.id), cost=len(submissions))
    limits.hit("reporter", submissions[0].reporter.hex(), cost=len(submissions))
    with transaction() as session:
        recorded = pipeline.submit_report(session, submissions)
    for each in recorded:
        metrics.FLAGS.labels("new" if each.is_new else "repeat").inc()
    return recorded
