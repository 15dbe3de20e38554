"""The door to the AT Protocol: `com.atproto.moderation.createReport`, for accounts whose server acts for them.

This service is `did:web:HOST`, and each site whose door is open a service of it: `did:web:HOST#SLUG`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from moderation_service.api.current import services, transaction
from moderation_service.api.doors import arrivals, xrpc
from moderation_service.api.doors.report_schema import REPORT
from moderation_service.api.recognition import for_anybody
from moderation_service.api.submissions import links_of
from moderation_service.doors import dids, service_auth
from moderation_service.doors.addresses import did_of
from moderation_service.doors.create_report import METHOD, as_kept, report_of
from moderation_service.doors.fetching import Keys
from moderation_service.doors.keyring import KeyRing
from moderation_service.errors import Invalid, NotFound, Unauthenticated
from moderation_service.intake import service as intake
from moderation_service.intake.submission import Recorded
from moderation_service.sites import service as sites
from moderation_service.sites.models import Door, Site

JSON = ("application/json",)
EXACT_INTEGERS = (1 << 53) - 1  # what every reader of JSON takes for the same number

blueprint = Blueprint("atproto", __name__)
xrpc.register(blueprint)


@blueprint.post(f"/xrpc/{METHOD}")
@for_anybody
def create_report() -> Response:
    """Take a report, with a service token of whose it is, or with a site's secret key, then `reportedBy` says it."""
    credential = arrivals.bearer()
    trusted = arrivals.trusted_site(credential)
    if trusted is None:
        arrivals.count_stranger()
    body = REPORT.load(arrivals.json_object(JSON))
    sender = _account(credential) if trusted is None else _passed_on(trusted, body)
    (recorded,) = arrivals.submit(sender.site, report_of(body, reporter=sender.did, host=sender.host))
    with transaction() as session:
        flag = intake.by_receipt(session, sender.site.id, recorded.receipt)
        kept = as_kept(body, flag.comment, intake.detail_of(session, flag))
    return _answer(kept, sender, recorded)


@blueprint.get("/.well-known/did.json")
@for_anybody
def did_document() -> Response:
    """Who we are to the AT Protocol: one service for each site that takes reports through it."""
    with transaction() as session:
        slugs = sites.with_door(session, Door.ATPROTO)
    if not slugs:
        raise NotFound("No site takes reports through the AT Protocol")
    url = services().settings.public_url
    told = [{"id": f"#{slug}", "type": "ModerationService", "serviceEndpoint": url} for slug in slugs]
    document = {"@context": ["https://www.w3.org/ns/did/v1"], "id": _us(), "service": told}
    return Response(json.dumps(document), content_type="application/json")


@dataclass(frozen=True, slots=True)
class _Sender:
    """Whose report it is, to which site, and the server that his account is on, where we have asked it."""

    site: Site
    did: str
    host: str | None


def _account(credential: str | None) -> _Sender:
    """Whoever a service token speaks for.

    Raises:
        Unauthenticated: there is none, or none that holds.
        NotFound: the site's door is shut.
    """
    token = service_auth.read(credential or "", us=_us(), method=METHOD, now=datetime.now(UTC))
    site = arrivals.open_site(token.service or _only_site(), Door.ATPROTO)
    return _Sender(site, token.issuer, KeyRing(transaction, _ask).checked(token.issuer, token.check))


def _passed_on(trusted: str, body: Mapping[str, Any]) -> _Sender:
    """Whoever a site says that it is.

    Raises:
        Invalid: it does not say.
        NotFound: the site's door is shut.
    """
    if "reported_by" not in body:
        raise Invalid("A report sent with a secret key names who reports", field="reportedBy")
    return _Sender(arrivals.open_site(trusted, Door.ATPROTO), body["reported_by"], None)


def _only_site() -> str:
    with transaction() as session:
        slugs = sites.with_door(session, Door.ATPROTO)
    if len(slugs) != 1:
        raise Unauthenticated(f"Name the site that the token is for (aud): {_us()}#SLUG")
    return slugs[0]


def _ask(did: str) -> Keys:
    settings = services().settings
    with arrivals.question(did if did.startswith("did:web:") else settings.plc_directory):
        return dids.fetch_keys(did, directory=settings.plc_directory, allow_private=settings.webhook_allow_private)


def _us() -> str:
    return did_of(services().settings.public_url)


def _answer(kept: Mapping[str, Any], sender: _Sender, recorded: Recorded) -> Response:
    """The report as it is kept, as the lexicon tells it: its id is made of the receipt, whose links stand beside it."""
    at = recorded.received_at.astimezone(UTC)
    told = {
        "id": recorded.receipt.int & EXACT_INTEGERS,
        **REPORT.dump(kept),
        "reportedBy": sender.did,
        "createdAt": at.isoformat().replace("+00:00", "Z"),
        "links": links_of(str(recorded.receipt), services().settings.public_url),
    }
    return Response(json.dumps(told), content_type=JSON[0])
