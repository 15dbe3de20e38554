"""A rule tried on the past: how far it is, and once it is done, what the rule would have done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import rulebook
from moderation_service.api.current import person, transaction
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import plain
from moderation_service.console.desk.still import unless_known
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.rules import sentence, vocabulary
from moderation_service.console.words import _
from moderation_service.errors import Conflict
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.models import Backtest

RUNNING = ("waiting", "running")
MOST_SHOWN = 100  # cases; all of them are in the CSV


@blueprint.get("/sites/<slug:slug>/backtests/<row:backtest_id>")
@signed_in(Role.SENIOR)
def backtest(slug: str, backtest_id: int) -> Response:
    """One backtest; the address says with which rule it belongs, so that the way back is there."""
    with transaction() as session:
        found = _found(session, slug, backtest_id)
    result = found.result
    return page(
        "rules/backtest.html",
        test=found,
        slug=slug,
        result=result,
        told=sentence.told(found.document),
        **(_drawn(result) if result else {}),
        rule={"name": plain("rule", longest=63), "site": plain("of", longest=63) or None},
        over=found.state not in RUNNING,
        sentence=sentence,
        words=vocabulary,
    )


@blueprint.get("/sites/<slug:slug>/backtests/<row:backtest_id>/live")
@signed_in(Role.SENIOR, quiet=True)
def backtest_live(slug: str, backtest_id: int) -> Response:
    """How far it is; 304 while that is what the page has."""
    with transaction() as session:
        found = _found(session, slug, backtest_id)
    return unless_known(page("rules/progress.html", test=found, over=found.state not in RUNNING, words=vocabulary))


@blueprint.post("/sites/<slug:slug>/backtests/<row:backtest_id>/cancel")
@signed_in(Role.SENIOR)
def cancel_backtest(slug: str, backtest_id: int) -> Response:
    """Have it run no further; one that has ended stays as it ended."""
    try:
        with transaction() as session:
            backtests.cancel(session, _found(session, slug, backtest_id), actor=person().actor)
    except Conflict as ended:
        flash("note", ended.message)
    else:
        flash("done", _("It runs no further."))
    belongs_to = {name: value for name in ("rule", "of") if (value := plain(name, longest=63))}
    return back_to("console.backtest", slug=slug, backtest_id=backtest_id, **belongs_to)


@blueprint.get("/sites/<slug:slug>/backtests/<row:backtest_id>.csv")
@signed_in(Role.SENIOR)
def backtest_csv(slug: str, backtest_id: int) -> Response:
    """All cases that the rule would have touched, in the order of time."""
    with transaction() as session:
        lines = backtests.cases_csv(session, _found(session, slug, backtest_id))
    headers = {"Content-Disposition": f'attachment; filename="backtest-{backtest_id}.csv"'}
    return Response(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _drawn(result: dict[str, Any]) -> dict[str, Any]:
    """What of a result is drawn or listed: its days, and the most urgent of its cases."""
    days = [day | {"at": datetime.fromisoformat(day["day"]).replace(tzinfo=UTC)} for day in result["load"]["days"]]
    shown = [case | {"at": datetime.fromisoformat(case["at"])} for case in result["shown"][:MOST_SHOWN]]
    return {
        "days": days,
        "shown": shown,
        "unshown": result["touched"] - len(shown),
    }


def _found(session: Session, slug: str, backtest_id: int) -> Backtest:
    return backtests.one(session, rulebook.site_as_senior(session, person(), slug).id, backtest_id)
