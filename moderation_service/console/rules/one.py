"""The page of one rule: what it says and did, and how it goes from mode to mode."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import queries, rulebook
from moderation_service.api import problems
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.rules import sentence, vocabulary
from moderation_service.console.rules.scope import of_site
from moderation_service.console.words import _
from moderation_service.db import utcnow
from moderation_service.errors import Conflict, DomainError, Forbidden, Invalid
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.rules.document import BECAUSE_LONGEST
from moderation_service.triage.rules.entries import TRANSITIONS, Entry, Mode


@blueprint.get("/rules/<slug:name>")
@signed_in(Role.SENIOR)
def rule(name: str) -> Response:
    """One rule with all that is known of it."""
    return rule_page(name)


@blueprint.post("/rules/<slug:name>/enable")
@signed_in(Role.SENIOR)
def enable_rule(name: str) -> Response:
    """Let it run in shadow, or live; where two persons are wanted for live, this only asks."""

    def step(session: Session) -> Entry:
        mode = Mode(forms.one_of("mode", (Mode.SHADOW, Mode.LIVE)))
        return rulebook.enable_rule(
            session, person(), name, of_site(), mode=mode, because=because(), seen=forms.number("seen")
        )

    return _done(name, step)


@blueprint.post("/rules/<slug:name>/confirm")
@signed_in(Role.SENIOR)
def confirm_rule(name: str) -> Response:
    """Agree, as the second person, that it goes live."""
    return _done(
        name, lambda session: rulebook.confirm_rule(session, person(), name, of_site(), seen=forms.number("seen"))
    )


@blueprint.post("/rules/<slug:name>/withdraw")
@signed_in(Role.SENIOR)
def withdraw_request(name: str) -> Response:
    """Take back, or turn down, the request that it go live."""
    return _done(name, lambda session: rulebook.withdraw_request(session, person(), name, of_site()))


@blueprint.post("/rules/<slug:name>/retire")
@signed_in(Role.SENIOR)
def retire_rule(name: str) -> Response:
    """Take it out of use; what it did stays done."""
    return _done(name, lambda session: rulebook.retire_rule(session, person(), name, of_site(), because=because()))


def rule_page(name: str, *, refused: DomainError | None = None) -> Response:
    """The page; where a step was refused, with why."""
    with transaction() as session:
        entry = rulebook.rule_of(session, person(), name, of_site())
        desk = queries.rule_desk(session, entry, person())
        now, may_write = utcnow(session), rulebook.may_write(person(), entry.rule.site_id)
    return page(
        "rules/rule.html",
        200 if refused is None else int(problems.STATUS[type(refused)]),
        rule=desk,
        told=sentence.told(desk["document"]),
        may_write=may_write,
        onward=TRANSITIONS[Mode(desk["mode"])],
        refused=refused,
        now=now,
        sentence=sentence,
        words=vocabulary,
    )


def because() -> str:
    """Why, as a form says it.

    Raises:
        Invalid: it is missing, or no text we keep.
    """
    return forms.line("because", longest=BECAUSE_LONGEST)


def _done(name: str, step: Callable[[Session], Entry]) -> Response:
    """Take a step on a rule; a refusal is said on its page."""
    try:
        with transaction() as session:
            entry = step(session)
            asks, mode = entry.request is not None, entry.mode
    except (Conflict, Forbidden, Invalid) as refused:
        return rule_page(name, refused=refused)
    flash("done", _("It goes live when a second person agrees.") if asks else _(vocabulary.MODE_MEANS[mode]))
    return back_to("console.rule", name=name, site=of_site())
