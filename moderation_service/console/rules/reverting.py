"""Taking back all that one version of a rule did: what it would undo is shown first."""

from __future__ import annotations

from flask import Response

from moderation_service import pipeline, queries, rulebook
from moderation_service.api.current import person, transaction
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.rules.scope import of_site
from moderation_service.console.words import _, number
from moderation_service.policy.vocabulary import Role


@blueprint.get("/rules/<slug:name>/versions/<small:version>/revert")
@signed_in(Role.SENIOR)
def ask_revert(name: str, version: int) -> Response:
    """How much would be taken back, before it is."""
    with transaction() as session:
        held = rulebook.own_version(session, person(), name, of_site(), version)
        undone = queries.to_take_back(session, held.id)
    return page("rules/revert.html", name=name, site=of_site(), version=version, mode=held.mode, undone=undone)


@blueprint.post("/rules/<slug:name>/versions/<small:version>/revert")
@signed_in(Role.SENIOR)
def revert_version(name: str, version: int) -> Response:
    """Take it back, part by part; what was taken back stays so where a later part fails."""
    with transaction() as session:
        held = rulebook.own_version(session, person(), name, of_site(), version)
    done = pipeline.revert_whole_rule(transaction, held, actor=person().actor)
    told = {"firings": done.firings, "cases": done.cases, "reopened": done.reopened, "shown": done.shown}
    words = _(
        "Taken back: %(firings)s firings on %(cases)s undecided cases; %(reopened)s cases are open again, "
        "%(shown)s articles shown again."
    )
    flash("done", words % {name: number(count) for name, count in told.items()})
    return back_to("console.rule", name=name, site=of_site())
