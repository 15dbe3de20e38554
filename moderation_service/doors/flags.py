"""From a report to the flags that it is: the articles it names, each with the report's reason and words."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from moderation_service.articles.addresses import address_fault, normal
from moderation_service.articles.aliases import known_as
from moderation_service.articles.models import Article
from moderation_service.doors.report import Named, Report
from moderation_service.errors import Invalid
from moderation_service.intake.submission import Submission, Target, Via, fingerprint, keyed_hash
from moderation_service.sites.addresses import is_own
from moderation_service.sites.models import Door, Site

FIELDS = {Door.ACTIVITYPUB: "object", Door.ATPROTO: "subject"}

Address = tuple[str | None, str | None]


def submissions_of(session: Session, site: Site, report: Report, *, secret: str) -> list[Submission]:
    """The flags of a report, ready to be recorded, in an order that is the same for the same articles.

    Raises:
        Invalid: nothing that it names is an article of the site.
    """
    addresses = {address for named in report.objects for address in _address(session, site, named)}
    if not addresses:
        raise Invalid("Nothing that is reported is an article of this site", field=FIELDS[report.door])
    ordered = sorted(addresses, key=lambda address: (address[0] or "", address[1] or ""))
    return [_submission(site, report, address, secret) for address in ordered]


def _address(session: Session, site: Site, named: Named) -> Iterator[Address]:
    """The id, or where it has none the URL, of the article that is named; nothing where it is none of the site's."""
    article = known_as(session, site.id, named.uri)
    if article is not None:
        yield _address_of(article)
    elif not named.doubtful and address_fault(named.uri) is None and is_own(site, named.uri):
        yield None, normal(named.uri)


def _address_of(article: Article) -> Address:
    return (article.external_id, None) if article.external_id is not None else (None, article.url)


def _submission(site: Site, report: Report, address: Address, secret: str) -> Submission:
    external_id, url = address
    uid = report.uid
    who, what = (report.door, str(site.id), report.reporter), (uid or "", external_id or "", url or "")
    return Submission(
        site_id=site.id,
        external_id=external_id,
        url=url,
        title=None,
        revision=None,
        target=Target(),
        reporter=keyed_hash(secret, *who),
        # Servers pass on what their people report under one actor's name: one voice, but each report is one.
        visitor=keyed_hash(secret, "report", uid) if uid else b"",
        reason=report.reason,
        comment=report.comment,
        channel=report.door,
        # Of whoever sends it: with another's id somebody would be told that one's receipt.
        idempotency_key=keyed_hash(secret, "report", *who, *what) if uid else None,
        request=fingerprint(*(word.encode() for word in what)),
        via=Via(report.host, report.detail),
    )
