"""Sites: the list, a new one, and all that is set for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from moderation_service import administration, json_text, queries
from moderation_service.api.current import person, services, transaction
from moderation_service.console import forms
from moderation_service.console.admin.common import KEY_KINDS, OVERLAPS, admin_page, faults
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _
from moderation_service.db import utcnow
from moderation_service.doors.addresses import did_of, inbox_of
from moderation_service.enforcement.stores.registry import KINDS
from moderation_service.errors import Conflict, Invalid
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import service as sites
from moderation_service.sites.models import Door
from moderation_service.sites.service import HIDE_HOURS, Settings
from moderation_service.widget import snippet

NAME_LONGEST = 200
OPTIONS_LONGEST = 10_000
ORIGINS_LONGEST = 20_000


@blueprint.get("/admin/sites")
@signed_in(Role.ADMIN)
def admin_sites() -> Response:
    """The sites that one administers."""
    with transaction() as session:
        sites = queries.site_rows(session, sites=person().sites_as(Role.ADMIN))
        use = queries.key_use(session)
    return admin_page("sites.html", sites=sites, use=use, everywhere=person().may(Role.ADMIN, None))


@blueprint.get("/admin/sites:new")
@signed_in(Role.ADMIN)
def admin_new_site() -> Response:
    """The form for another site; for admins of all sites."""
    person().require(Role.ADMIN, None)
    return admin_page("new_site.html", values={}, errors={})


@blueprint.post("/admin/sites")
@signed_in(Role.ADMIN)
def admin_add_site() -> Response:
    """Add it."""
    try:
        with transaction() as session:
            site = administration.add_site(
                session,
                person(),
                slug=forms.line("slug", longest=63),
                name=forms.line("name", longest=NAME_LONGEST),
                url=_own_address(),
                origins=forms.lines("origins", longest=ORIGINS_LONGEST),
            )
            slug = site.slug
    except Invalid as wrong:
        return admin_page("new_site.html", 422, values=request.form, errors=faults(wrong))
    except Conflict:
        taken = {"slug": _("There is a site of this name already.")}
        return admin_page("new_site.html", 422, values=request.form, errors=taken)
    flash("done", _("The site is there. Its readers and its servers need keys."))
    return back_to("console.admin_site", slug=slug)


@blueprint.get("/admin/sites/<slug:slug>")
@signed_in(Role.ADMIN)
def admin_site(slug: str) -> Response:
    """All that is set for a site, and its keys."""
    return site_page(slug)


@blueprint.post("/admin/sites/<slug:slug>")
@signed_in(Role.ADMIN)
def admin_change_site(slug: str) -> Response:
    """Change what is set for it."""
    with transaction() as session:
        administration.own_site(session, person(), slug)
    try:
        origins, settings = forms.lines("origins", longest=ORIGINS_LONGEST), _settings()
        with transaction() as session:
            seen = request.form.get("seen", "")
            administration.change_site(session, person(), slug, origins, seen=seen, **settings)
    except Invalid as wrong:
        return site_page(slug, 422, values=request.form, errors=faults(wrong))
    except Conflict:
        return site_page(slug, 409, values=request.form)
    flash("done", _("Saved."))
    return back_to("console.admin_site", slug=slug)


def site_page(
    slug: str,
    status: int = 200,
    *,
    values: Mapping[str, Any] | None = None,
    key: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    refused: str | None = None,
) -> Response:
    """The page of a site; `values` and `key` are what was typed into its forms, where something is wrong with that."""
    with transaction() as session:
        seen = sites.state_of(session, administration.own_site(session, person(), slug))
        (site,) = queries.site_rows(session, slug)
        keys = queries.key_rows(session, slug)
        now = utcnow(session)
        signed_since = queries.webhook_secret_since(session, slug)
    return admin_page(
        "site.html",
        status,
        site=site,
        keys=keys,
        now=now,
        signed_since=signed_since,
        **_for_pages(slug),
        values=_as_typed(site) if values is None else values,
        # Where only a mistake is in the way, what was looked at stays what it was.
        seen=values["seen"] if status == 422 and values and "seen" in values else seen,
        set_now=_as_typed(site) if status == 409 and values is not None else None,
        key=key or {},
        kinds=[(kind, _(words)) for kind, words in KEY_KINDS.items()],
        overlaps=[(hours, _(words)) for hours, words in OVERLAPS.items()],
        errors=errors or {},
        refused=refused,
        stores=[(kind, kind) for kind in KINDS],
        longest_hidden=HIDE_HOURS[1],
        addresses={
            "activitypub": inbox_of(services().settings.public_url, slug),
            "atproto": f"{did_of(services().settings.public_url)}#{slug}",
        },
    )


def _for_pages(slug: str) -> dict[str, str]:
    """What the site puts into its pages, and what their Content-Security-Policy has to allow."""
    service = services().settings.public_url
    return {
        "tag": snippet.head(service),
        "element": snippet.element(service, slug),
        "policy": snippet.policy(service),
    }


def _as_typed(site: Mapping[str, Any]) -> dict[str, Any]:
    """What is set, as the form shows it; a box that is not ticked is left out, as browsers do."""
    boxes = {name: "on" for name in ("hide_pending", "two_person_rules") if site[name]}
    boxes |= {f"door_{door}": "on" for door in site["doors"]}
    texts = {name: site[name] or "" for name in ("name", "url", "legal_url", "store", "hide_hours")}
    return boxes | texts | {"origins": "\n".join(site["origins"]), "prior": f"{site['prior'] * 100:g}"}


def _settings() -> Settings:
    settings: Settings = {
        "name": forms.line("name", longest=NAME_LONGEST),
        "url": _own_address(),
        "legal_url": forms.address("legal_url"),
        "store": forms.text("store", longest=100),
        "prior": forms.share("prior"),
        "hide_pending": forms.switch("hide_pending"),
        "hide_hours": forms.number("hide_hours"),
        "two_person_rules": forms.switch("two_person_rules"),
        "doors": [door.value for door in Door if forms.switch(f"door_{door}")],
    }
    options = forms.text("store_options", longest=OPTIONS_LONGEST, shortest=0).strip()
    return settings | {"store_options": _json_object(options)} if options else settings


def _own_address() -> str:
    url = forms.address("url")
    if url is None:
        raise Invalid("A site has an address", field="url")
    return url


def _json_object(typed: str) -> dict[str, Any]:
    try:
        options = json_text.parsed(typed)
    except ValueError as error:
        raise Invalid("This is no JSON", field="store_options") from error
    if not isinstance(options, dict):
        raise Invalid("This is no JSON object", field="store_options")
    return options
