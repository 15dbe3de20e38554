"""Writing a rule with the form: built part by part, its change looked at, tried on the past, kept as a new version."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import rulebook
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import numbers, plain
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.rules import draft
from moderation_service.console.rules.draft import Draft
from moderation_service.console.rules.period import Period
from moderation_service.console.rules.scope import of_site
from moderation_service.console.rules.showing import form_page, review_page
from moderation_service.console.words import _
from moderation_service.errors import Conflict, Forbidden, Invalid, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.rules import load
from moderation_service.triage.rules.document import BECAUSE_LONGEST
from moderation_service.triage.rules.entries import version_of

REFUSALS = (Conflict, Forbidden, Invalid, NotFound)


@blueprint.get("/rules:new")
@signed_in(Role.SENIOR)
def new_rule() -> Response:
    """An empty form, or one with what a backtest tried."""
    return _begun(None)


@blueprint.get("/rules/<slug:name>/edit")
@signed_in(Role.SENIOR)
def edit_rule(name: str) -> Response:
    """The form with what a rule says, said in one of its versions, or what a backtest tried."""
    return _begun(name)


@blueprint.post("/rules:new")
@signed_in(Role.SENIOR)
def write_rule() -> Response:
    """A button of the form for a new rule."""
    return _pressed(None)


@blueprint.post("/rules/<slug:name>/edit")
@signed_in(Role.SENIOR)
def rewrite_rule(name: str) -> Response:
    """A button of the form for a rule that there is."""
    return _pressed(name)


def _begun(name: str | None) -> Response:
    with transaction() as session:
        document = _document(session, name)
    begun = Draft(document)
    return form_page(name, draft.as_json(document) if begun.faults and name else begun)


def _document(session: Session, name: str | None) -> Any:
    """What the form begins with, as the address says."""
    (backtest_id,) = numbers("backtest")[:1] or (0,)
    if backtest_id:
        site = rulebook.site_as_senior(session, person(), plain("on", longest=63))
        return backtests.one(session, site.id, backtest_id).document
    if name is None:
        return draft.blank_rule()
    entry = rulebook.rule_of(session, person(), name, of_site())
    (number,) = numbers("version")[:1] or (entry.version.number,)
    return version_of(session, entry.rule, number).document


def _pressed(name: str | None) -> Response:
    """What a button does: those that build show the form again, others want a rule without faults first."""
    step = request.form.get("step", "")
    at = step.partition(" ")[2] or "a"
    sent = draft.sent(request.form)
    if step == "json" and sent.written is None:
        return form_page(name, draft.as_json(sent.document))
    if " " in step or step == "add-action":
        return form_page(name, draft.after(sent, step, request.form.get(f"{at}.add", "")))
    if sent.faults:
        return form_page(name, sent, faults=sent.faults)
    done = {"check": review_page, "try": _tried, "save": _saved}.get(step, form_page)
    return done(name, Draft(sent.document))


def _tried(name: str | None, said: Draft) -> Response:
    """Ask for a backtest of what stands in the form."""
    period = Period.sent()
    try:
        slug, (start, end) = period.where(), period.bounds()
        with transaction() as session:
            site = rulebook.site_as_senior(session, person(), slug)
            rule, author = load(said.document), person().actor
            backtest_id = backtests.ask(session, site, rule, start=start, end=end, author=author).id
    except REFUSALS as refused:
        return form_page(name, said, refused=refused)
    of = {"rule": name, "of": of_site()} if name else {}
    return back_to("console.backtest", slug=slug, backtest_id=backtest_id, **of)


def _saved(name: str | None, said: Draft) -> Response:
    """Keep what stands in the form: a new rule, or a new version of one."""
    rule = load(said.document)
    try:
        with transaction() as session:
            because = forms.line("change_because", longest=BECAUSE_LONGEST)
            if name is None:
                entry = rulebook.add_rule(session, person(), said=rule, because=because)
            else:
                seen = forms.number("seen")
                entry = rulebook.change_rule(session, person(), name, of_site(), said=rule, because=because, seen=seen)
            waits = entry.request is not None
    except REFUSALS as refused:
        return review_page(name, said, refused=refused)
    flash("done", _("Kept. It goes live again when a second person agrees.") if waits else _("Kept as a new version."))
    return back_to("console.rule", name=rule.name, site=rule.site)
