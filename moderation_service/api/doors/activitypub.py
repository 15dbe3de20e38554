"""The door to the Fediverse: each site is an actor there, whose inbox takes `Flag` activities.

An actor that others can find (by its address, or by WebFinger), but that signs nothing: servers that show their actors
only to signed requests cannot report from here, except in the name of the actor that stands for the server itself.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from moderation_service.api.current import services, transaction
from moderation_service.api.doors import arrivals
from moderation_service.api.recognition import for_anybody
from moderation_service.api.submissions import receipt_of
from moderation_service.doors import actors, addresses
from moderation_service.doors.activity import HOUSEKEEPING, actor_of, kind_of, report_of
from moderation_service.doors.fetching import Keys
from moderation_service.doors.keyring import KeyRing
from moderation_service.doors.signatures import Message, signed
from moderation_service.errors import NotFound, Unauthenticated
from moderation_service.sites.models import Door, Site

ACTIVITY = ("application/activity+json", "application/ld+json")
CONTEXT = "https://www.w3.org/ns/activitystreams"

blueprint = Blueprint("activitypub", __name__)


@blueprint.post("/activitypub/<slug:slug>/inbox")
@for_anybody
def inbox(slug: str) -> Response:
    """Take a signed `Flag`; one with the site's secret key needs no signature, for the site has looked at it."""
    trusted = arrivals.trusted_site(arrivals.bearer())
    if trusted is None:
        arrivals.count_stranger()
    site = arrivals.open_site(slug, Door.ACTIVITYPUB)
    activity = arrivals.json_object(ACTIVITY)
    if kind_of(activity) in HOUSEKEEPING:
        return Response(status=202)
    report = report_of(activity, sent=request.get_data())
    _require_sender(site, actor_of(activity), trusted)
    url = services().settings.public_url
    return _json({"flags": [receipt_of(flag, url) for flag in arrivals.submit(site, report)]}, 202)


@blueprint.get("/activitypub/<slug:slug>")
@for_anybody
def actor(slug: str) -> Response:
    """The actor that stands for a site's moderation."""
    site = arrivals.open_site(slug, Door.ACTIVITYPUB)
    uri = _uri(site.slug)
    told = {
        "@context": CONTEXT,
        "id": uri,
        "type": "Application",
        "preferredUsername": site.slug,
        "name": site.name,
        "url": site.url,
        "inbox": addresses.inbox_of(services().settings.public_url, site.slug),
        "outbox": f"{uri}/outbox",
    }
    return _json(told, kind=ACTIVITY[0])


@blueprint.get("/activitypub/<slug:slug>/outbox")
@for_anybody
def outbox(slug: str) -> Response:
    """What the actor has sent, which is nothing."""
    uri = _uri(arrivals.open_site(slug, Door.ACTIVITYPUB).slug)
    told = {
        "@context": CONTEXT,
        "id": f"{uri}/outbox",
        "type": "OrderedCollection",
        "totalItems": 0,
        "orderedItems": [],
    }
    return _json(told, kind=ACTIVITY[0])


@blueprint.get("/.well-known/webfinger")
@for_anybody
def webfinger() -> Response:
    """Where the actor of an account `acct:SLUG@HOST` is (RFC 7033)."""
    account = request.args.get("resource", "")
    name, _, host = account.removeprefix("acct:").rpartition("@")
    if host.lower() != urlsplit(services().settings.public_url).netloc.lower():
        raise NotFound("There is no such account here")
    site = arrivals.open_site(name, Door.ACTIVITYPUB)
    link = {"rel": "self", "type": ACTIVITY[0], "href": _uri(site.slug)}
    return _json({"subject": account, "links": [link]}, kind="application/jrd+json")


def _require_sender(site: Site, sender: str, trusted: str | None) -> None:
    """Refuse what was not signed by its own actor.

    Raises:
        Unauthenticated: so it is.
        Forbidden: the key it came with is another site's.
    """
    if trusted is not None:
        arrivals.require_same(site, trusted)
        return
    signature = signed(_message(), datetime.now(UTC))
    actors.require_own(signature.key_id, sender)

    def check(keys: Keys) -> None:
        if signature.key_id not in keys.keys:
            raise Unauthenticated("The signature's key is none of the actor's")
        signature.check(keys.keys[signature.key_id])

    KeyRing(transaction, _ask).checked(sender, check)


def _ask(sender: str) -> Keys:
    with arrivals.question(actors.host_of(sender)):
        return actors.fetch_keys(sender, allow_private=services().settings.webhook_allow_private)


def _message() -> Message:
    target = request.path + (f"?{request.query_string.decode('latin-1')}" if request.query_string else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    here = urlsplit(services().settings.public_url)
    url = f"{here.scheme}://{here.netloc}{target}"
    return Message(request.method, url, target, headers, request.get_data())


def _uri(slug: str) -> str:
    return addresses.actor_of(services().settings.public_url, slug)


def _json(told: dict[str, Any], status: int = 200, *, kind: str = "application/json") -> Response:
    return Response(json.dumps(told), status, content_type=kind)
