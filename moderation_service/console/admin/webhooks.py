"""Where a site's own systems are told of what happens: its endpoints, what each was sent, and sending it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for

from moderation_service import administration
from moderation_service.api import outgoing
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.admin.common import confirm, shown_once
from moderation_service.console.admin.webhook_pages import as_typed, endpoint_page, endpoints_page, faults, typed
from moderation_service.console.admin.webhook_words import AGAIN
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _, ngettext
from moderation_service.db import utcnow
from moderation_service.errors import Conflict, Invalid
from moderation_service.notifications.webhooks import endpoints, replaying, trying
from moderation_service.policy.vocabulary import Role


@blueprint.get("/admin/sites/<slug:slug>/webhooks")
@signed_in(Role.ADMIN)
def admin_webhooks(slug: str) -> Response:
    """A site's endpoints, and the form for another."""
    return endpoints_page(slug)


@blueprint.post("/admin/sites/<slug:slug>/webhooks")
@signed_in(Role.ADMIN)
def admin_add_endpoint(slug: str) -> Response:
    """Add it; with the first comes the secret that webhooks are signed with, shown on the answer, this once."""
    try:
        options: dict[str, Any] = {**typed(slug)}
        with transaction() as session:
            site = administration.own_site(session, person(), slug)
            endpoint, secret = endpoints.add(session, site.id, **options, actor=person().actor)
    except Invalid as wrong:
        return endpoints_page(slug, 422, errors=faults(wrong))
    except Conflict:
        return endpoints_page(slug, 409, refused=_("A site has %(n)s endpoints at most.") % {"n": endpoints.MOST})
    if secret is not None:
        title, explained = _("The secret of the webhooks"), _("It is never shown again: give it to your receivers now.")
        return shown_once(title, secret, explained=explained, back=_address(slug, endpoint.id))
    flash("done", _("The endpoint is there: what happens from now on is sent to it."))
    return back_to("console.admin_endpoint", slug=slug, endpoint_id=endpoint.id)


@blueprint.get("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>")
@signed_in(Role.ADMIN)
def admin_endpoint(slug: str, endpoint_id: int) -> Response:
    """One endpoint, and what it was sent."""
    return endpoint_page(slug, endpoint_id)


@blueprint.post("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>")
@signed_in(Role.ADMIN)
def admin_change_endpoint(slug: str, endpoint_id: int) -> Response:
    """Change where it is, what it is for, and what it is told of."""
    try:
        changes = typed(slug)
        with transaction() as session:
            seen = request.form.get("seen", "")
            administration.change_endpoint(session, person(), slug, endpoint_id, changes, seen=seen)
    except Invalid as wrong:
        return endpoint_page(slug, endpoint_id, 422, values=as_typed(), errors=faults(wrong))
    except Conflict:
        return endpoint_page(slug, endpoint_id, 409, values=as_typed())
    flash("done", _("Saved."))
    return back_to("console.admin_endpoint", slug=slug, endpoint_id=endpoint_id)


@blueprint.post("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>:switch")
@signed_in(Role.ADMIN)
def admin_switch_endpoint(slug: str, endpoint_id: int) -> Response:
    """Let everything wait, or send what waited."""
    enabled = forms.switch("enabled")
    with transaction() as session:
        endpoint = administration.own_endpoint(session, person(), slug, endpoint_id)
        endpoints.change(session, endpoint, {"enabled": enabled}, actor=person().actor)
    flash("done", _("What waited is sent now.") if enabled else _("What happens waits until the endpoint is enabled."))
    return back_to("console.admin_endpoint", slug=slug, endpoint_id=endpoint_id)


@blueprint.post("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>:test")
@signed_in(Role.ADMIN)
def admin_test_endpoint(slug: str, endpoint_id: int) -> Response:
    """Send a test event now, and say what became of it."""
    with transaction() as session:
        endpoint = administration.own_endpoint(session, person(), slug, endpoint_id)
        site_id, message = endpoint.site_id, trying.sample(session, endpoint)
    outcome = outgoing.send_now(message, site_id)
    took = round(outcome.took / timedelta(milliseconds=1))
    if outcome.error:
        flash("failed", _("The test event was not taken: %(error)s") % {"error": outcome.error})
    else:
        flash("done", _("The test event was taken after %(n)s ms.") % {"n": took})
    return back_to("console.admin_endpoint", slug=slug, endpoint_id=endpoint_id)


@blueprint.get("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>:remove")
@signed_in(Role.ADMIN)
def admin_ask_remove_endpoint(slug: str, endpoint_id: int) -> Response:
    """Ask whether it is to go."""
    with transaction() as session:
        url = administration.own_endpoint(session, person(), slug, endpoint_id).url
    explained = _("What waits for it and the log of what it was sent go with it. To let things wait, disable it.")
    question = _("Remove the endpoint %(url)s?") % {"url": url}
    return confirm(question, explained=explained, deed=_("Remove it"), back=_address(slug, endpoint_id))


@blueprint.post("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>:remove")
@signed_in(Role.ADMIN)
def admin_remove_endpoint(slug: str, endpoint_id: int) -> Response:
    """Take it away."""
    with transaction() as session:
        endpoint = administration.own_endpoint(session, person(), slug, endpoint_id)
        endpoints.remove(session, endpoint, actor=person().actor)
    flash("done", _("The endpoint is gone."))
    return back_to("console.admin_webhooks", slug=slug)


@blueprint.post("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>:replay")
@signed_in(Role.ADMIN)
def admin_replay_endpoint(slug: str, endpoint_id: int) -> Response:
    """Send again what was given up on, or all that happened since."""
    try:
        with transaction() as session:
            endpoint = administration.own_endpoint(session, person(), slug, endpoint_id)
            hours, _words = AGAIN[forms.one_of("again", AGAIN)]
            since = None if hours is None else utcnow(session) - timedelta(hours=hours)
            count = replaying.replay(session, endpoint, since, actor=person().actor)
    except Conflict:
        return endpoint_page(slug, endpoint_id, 409, refused=_("This endpoint is disabled; enable it first."))
    flash("done", ngettext("%(n)s is sent again.", "%(n)s are sent again.", count) % {"n": count})
    return back_to("console.admin_endpoint", slug=slug, endpoint_id=endpoint_id)


@blueprint.post("/admin/sites/<slug:slug>/webhooks/<small:endpoint_id>/deliveries/<row:delivery_id>:replay")
@signed_in(Role.ADMIN)
def admin_replay_delivery(slug: str, endpoint_id: int, delivery_id: int) -> Response:
    """Send one again."""
    try:
        with transaction() as session:
            endpoint = administration.own_endpoint(session, person(), slug, endpoint_id)
            replaying.replay_one(session, endpoint, delivery_id, actor=person().actor)
    except Conflict:
        return endpoint_page(slug, endpoint_id, 409, refused=_("This endpoint is disabled; enable it first."))
    flash("done", _("It is sent again."))
    return back_to("console.admin_endpoint", slug=slug, endpoint_id=endpoint_id)


def _address(slug: str, endpoint_id: int) -> str:
    return url_for("console.admin_endpoint", slug=slug, endpoint_id=endpoint_id)
