"""The pages about webhooks, and what their form says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from moderation_service import administration, queries
from moderation_service.api import outgoing
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.admin.common import admin_page
from moderation_service.console.admin.webhook_words import AGAIN, FAULTS, STATES, TYPES
from moderation_service.console.desk.asked import cursor
from moderation_service.console.words import _
from moderation_service.errors import Invalid
from moderation_service.notifications.webhooks import endpoints

ROWS = 50
DESCRIPTION_LONGEST = 200


def endpoints_page(
    slug: str, status: int = 200, *, errors: Mapping[str, str] | None = None, refused: str | None = None
) -> Response:
    """A site's endpoints, and the form for another."""
    with transaction() as session:
        site = administration.own_site(session, person(), slug)
        rows = queries.endpoint_rows(session, site.id)
        signed_since = queries.webhook_secret_since(session, slug)
    values = as_typed() if request.form else {"types": list(TYPES)}
    context = {"values": values, "errors": errors or {}, "refused": refused, "signed_since": signed_since}
    return admin_page("webhooks.html", status, site=site, endpoints=rows, types=TYPES, **context)


def endpoint_page(
    slug: str,
    endpoint_id: int,
    status: int = 200,
    *,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    refused: str | None = None,
) -> Response:
    """One endpoint, what it was sent, and its settings; `values` is what was typed, if that is wrong."""
    with transaction() as session:
        site = administration.own_site(session, person(), slug)
        seen = endpoints.state_of(session, endpoints.one(session, site.id, endpoint_id))
        (endpoint,) = queries.endpoint_rows(session, site.id, endpoint_id)
        found = queries.delivery_page(session, endpoint_id, cursor=cursor(), limit=ROWS)
    return admin_page(
        "webhook.html",
        status,
        site=site,
        endpoint=endpoint,
        found=found,
        values=endpoint if values is None else values,
        # Where only a mistake is in the way, what was looked at stays what it was.
        seen=values["seen"] if status == 422 and values else seen,
        overtaken=status == 409 and values is not None,
        errors=errors or {},
        refused=refused,
        types=TYPES,
        states=STATES,
        gone=endpoints.GONE,
        again=[(value, _(words)) for value, (_hours, words) in AGAIN.items()],
    )


def typed(slug: str) -> endpoints.Changes:
    """What the form says, its address looked at as long as no transaction is open.

    Raises:
        NotFound: as `administration.own_site`.
        Forbidden: as `administration.own_site`.
        Invalid: a field is not as it has to be, or nothing may be sent to this address.
    """
    with transaction() as session:
        site_id = administration.own_site(session, person(), slug).id
    url = forms.address("url")
    if url is None:
        raise Invalid("An endpoint has an address", field="url")
    description = forms.text("description", longest=DESCRIPTION_LONGEST, shortest=0).strip()
    types = [kind for kind in TYPES if kind in request.form.getlist("types")]
    if not types:
        raise Invalid("An endpoint is told of something", field="types")
    outgoing.look_at(url, site_id)
    return {"url": url, "description": description, "types": types}


def as_typed() -> dict[str, Any]:
    """What was typed, to be shown again."""
    texts = {name: request.form.get(name, "") for name in ("url", "description", "seen")}
    return texts | {"types": request.form.getlist("types")}


def faults(error: Invalid) -> dict[str, str]:
    """What is wrong with the form, by field."""
    return {error.field: _(FAULTS.get(error.extra.get("because", error.field), error.message))}
