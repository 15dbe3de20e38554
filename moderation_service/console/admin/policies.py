"""Policies: their versions, what each says, how two differ, and the writing of a further one."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import administration, queries
from moderation_service.api.current import person, transaction
from moderation_service.console.admin.common import admin_page
from moderation_service.console.admin.policy_form import Form
from moderation_service.console.admin.policy_words import CATEGORIES, compared
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import numbers
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _
from moderation_service.errors import Conflict
from moderation_service.policy import service as policy
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Role


@blueprint.get("/admin/policies")
@signed_in(Role.ADMIN)
def admin_policies() -> Response:
    """The house policy and those of one's sites."""
    with transaction() as session:
        rows = queries.policy_rows(session, person().sites_as(Role.ADMIN))
    return admin_page("policies.html", rows=rows, everywhere=person().may(Role.ADMIN, None))


@blueprint.get("/admin/policies/<row:policy_id>")
@signed_in(Role.ADMIN)
def admin_policy(policy_id: int) -> Response:
    """One version, and how it differs from another: from the one before, unless the address names one."""
    with transaction() as session:
        version = administration.own_policy(session, person(), policy_id)
        others = queries.version_list(session, version.site_id)
        against = _other(session, version, [row["id"] for row in others])
        context: dict[str, Any] = {
            "version": version,
            "others": others,
            "said": queries.policy_said(session, version),
            "against": against,
            "is_in_force": policy.in_force(session, version.site_id).id == version.id,
            "compared": compared(queries.policy_said(session, against), queries.policy_said(session, version))
            if against
            else None,
        }
    return admin_page("policy.html", categories=CATEGORIES, **context)


@blueprint.get("/admin/policies/house:write")
@signed_in(Role.ADMIN)
def admin_draft_house_policy() -> Response:
    """The form for a further version of the house policy; for admins of all sites."""
    return _begin(None)


@blueprint.post("/admin/policies/house:write")
@signed_in(Role.ADMIN)
def admin_write_house_policy() -> Response:
    """Go on with the form, or put it in force."""
    return _go_on(None)


@blueprint.get("/admin/policies/sites/<slug:slug>:write")
@signed_in(Role.ADMIN)
def admin_draft_policy(slug: str) -> Response:
    """The form for a further version of a site's own policy."""
    return _begin(slug)


@blueprint.post("/admin/policies/sites/<slug:slug>:write")
@signed_in(Role.ADMIN)
def admin_write_policy(slug: str) -> Response:
    """Go on with the form, or put it in force."""
    return _go_on(slug)


def _begin(slug: str | None) -> Response:
    with transaction() as session:
        version = _in_force(session, slug)
        form = Form.of(version.id, queries.policy_said(session, version))
    return _form_page(slug, form)


def _go_on(slug: str | None) -> Response:
    form, deed = Form.now(), request.form.get("do", "")
    if deed not in ("look", "write"):
        with transaction() as session:
            _in_force(session, slug)
        return _form_page(slug, form.after(deed))
    form = form.checked(_)
    if form.errors or deed == "look":
        return _form_page(slug, form, 422 if form.errors else 200, looks=not form.errors)
    try:
        with transaction() as session:
            draft = form.draft()
            written = administration.write_policy(session, person(), slug, draft, began_from=form.began_from).id
    except Conflict:
        return _form_page(slug, form, 409, overtaken=True)
    flash("done", _("This version is in force from now on."))
    return back_to("console.admin_policy", policy_id=written)


def _form_page(
    slug: str | None, form: Form, status: int = 200, *, looks: bool = False, overtaken: bool = False
) -> Response:
    with transaction() as session:
        version = _in_force(session, slug)
        differing = compared(queries.policy_said(session, version), form.draft()) if looks or overtaken else None
    return admin_page(
        "policy_form.html",
        status,
        slug=slug,
        form=form,
        version=version,
        compared=differing,
        overtaken=overtaken,
        categories=CATEGORIES,
    )


def _in_force(session: Session, slug: str | None) -> PolicyVersion:
    """What is in force where a person wants to write."""
    return policy.in_force(session, administration.policy_place(session, person(), slug))


def _other(session: Session, version: PolicyVersion, known: list[int]) -> PolicyVersion | None:
    """The version to compare with: the one that the address names, else the one before; None for the first."""
    asked = [policy_id for policy_id in numbers("against") if policy_id in known]
    older = [policy_id for policy_id in known if policy_id < version.id]
    other = next(iter(asked or older), None)
    return None if other is None else policy.one(session, other)
