"""A site's keys and the secret of its webhooks: made and replaced, each shown once."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request, url_for

from moderation_service import administration
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.admin.common import KEY_KINDS, OVERLAPS, confirm, faults, shown_once
from moderation_service.console.admin.sites import site_page
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _, later, set_apart
from moderation_service.errors import Conflict, Invalid
from moderation_service.notifications import secrets
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import service as sites

KEY_NAME_LONGEST = 100
KEEP_IT = later("It is kept here only as a hash and never shown again: take it over now.")


@blueprint.post("/admin/sites/<slug:slug>/keys")
@signed_in(Role.ADMIN)
def admin_add_key(slug: str) -> Response:
    """Make a key, and show it on the answer, this once."""
    with transaction() as session:
        administration.own_site(session, person(), slug)
    try:
        kind, name = forms.one_of("kind", KEY_KINDS), forms.line("key_name", longest=KEY_NAME_LONGEST)
    except Invalid as wrong:
        return site_page(slug, 422, errors=faults(wrong), key=request.form)
    with transaction() as session:
        site = administration.own_site(session, person(), slug)
        secret = sites.add_key(session, site, kind=kind, name=name, actor=person().actor)
    return shown_once(
        _("A new key: %(name)s") % {"name": set_apart(name)}, secret, explained=_(KEEP_IT), back=_site(slug)
    )


@blueprint.post("/admin/sites/<slug:slug>/keys/<small:key_id>:rotate")
@signed_in(Role.ADMIN)
def admin_rotate_key(slug: str, key_id: int) -> Response:
    """Make a key's successor, and show it on the answer, this once."""
    try:
        with transaction() as session:
            key = administration.own_key(session, person(), slug, key_id)
            secret = sites.rotate_key(session, key.id, overlap=_overlap(), actor=person().actor)
            title = _("The successor of the key %(name)s") % {"name": set_apart(key.name)}
    except Conflict:
        return site_page(slug, 409, refused=_("This key has an end already: it was replaced or ended. Make a new one."))
    return shown_once(title, secret, explained=_(KEEP_IT), back=_site(slug))


@blueprint.get("/admin/sites/<slug:slug>/keys/<small:key_id>:revoke")
@signed_in(Role.ADMIN)
def admin_ask_revoke_key(slug: str, key_id: int) -> Response:
    """Ask whether a key is to end at once."""
    with transaction() as session:
        key = administration.own_key(session, person(), slug, key_id)
        question = _("End the key %(name)s (%(hint)s) now?") % {"name": set_apart(key.name), "hint": key.hint}
    explained = _("Whoever still uses it is refused from now on. It cannot be brought back; a new one can be made.")
    return confirm(question, explained=explained, deed=_("End the key"), back=_site(slug))


@blueprint.post("/admin/sites/<slug:slug>/keys/<small:key_id>:revoke")
@signed_in(Role.ADMIN)
def admin_revoke_key(slug: str, key_id: int) -> Response:
    """End it."""
    with transaction() as session:
        key = administration.own_key(session, person(), slug, key_id)
        sites.expire_key(session, key.id, after=timedelta(0), actor=person().actor)
    flash("done", _("The key has ended; within seconds nobody takes it any more."))
    return back_to("console.admin_site", slug=slug)


@blueprint.post("/admin/sites/<slug:slug>/webhook-secret")
@signed_in(Role.ADMIN)
def admin_webhook_secret(slug: str) -> Response:
    """Make the secret that the site's webhooks are signed with, or its successor, and show it, this once."""
    with transaction() as session:
        site = administration.own_site(session, person(), slug)
        secret = secrets.rotate_secret(session, site.id, overlap=_overlap(), actor=person().actor)
    title, explained = _("The secret of the webhooks"), _("It is never shown again: give it to your receivers now.")
    return shown_once(title, secret, explained=explained, back=_site(slug))


def _overlap() -> timedelta:
    return timedelta(hours=int(forms.one_of("overlap", OVERLAPS)))


def _site(slug: str) -> str:
    return url_for("console.admin_site", slug=slug)
