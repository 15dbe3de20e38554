"""The list of rules, in the order in which they run, and the kill switch for all that they do."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import queries, rulebook
from moderation_service.api import problems
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk import sparkline
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.rules import sentence, vocabulary
from moderation_service.console.words import _
from moderation_service.errors import DomainError, Forbidden, Invalid
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.rules.document import BECAUSE_LONGEST

EVERYWHERE = "*"  # no slug of a site begins with it


@blueprint.get("/rules")
@signed_in(Role.SENIOR)
def rules() -> Response:
    """The rules of one's sites and those for all, and whether automatic actions are off."""
    return list_page()


@blueprint.post("/rules/automation")
@signed_in(Role.SENIOR)
def turn_automation() -> Response:
    """Stop all automatic actions on a site or everywhere, or let rules act again."""
    try:
        with transaction() as session:
            because = forms.line("because", longest=BECAUSE_LONGEST)
            scope = forms.line("scope", longest=63)
            on = forms.one_of("turn", ("on", "off")) == "on"
            turn = rulebook.resume_automation if on else rulebook.stop_automation
            switch = turn(session, person(), None if scope == EVERYWHERE else scope, because=because)
            off = switch.off
    except (Forbidden, Invalid) as refused:
        return list_page(refused=refused)
    flash("done", _("Automatic actions are off: rules only record.") if off else _("Rules may act again."))
    return back_to("console.rules")


def list_page(*, refused: DomainError | None = None) -> Response:
    """The page; where the switch was not turned, with why."""
    who = person()
    with transaction() as session:
        rows = queries.rule_rows(session, sites=who.sites)
        context: dict[str, Any] = {
            "rules": rows,
            "records": queries.rule_records(session, [row["id"] for row in rows], sites=who.sites),
            "switches": queries.automation_rows(session, sites=who.sites),
            "scopes": scopes(session),
        }
    return page(
        "rules/list.html",
        200 if refused is None else int(problems.STATUS[type(refused)]),
        refused=refused,
        told={row["id"]: sentence.told(row["document"]) for row in rows},
        spark=sparkline,
        words=vocabulary,
        **context,
    )


def scopes(session: Session) -> list[tuple[str, str]]:
    """Where this person may change rules: pairs of what a form sends and what it is called."""
    everywhere = [(EVERYWHERE, _("All sites"))] if rulebook.may_write(person(), None) else []
    own = queries.own_sites(session, person(), Role.SENIOR)
    return everywhere + [(site["slug"], site["name"]) for site in own]
