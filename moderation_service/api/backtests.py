"""Backtests: a rule tried on the past of a site, before it acts. For the site's seniors."""

from __future__ import annotations

from typing import Any

from flask import Response

from moderation_service import rulebook
from moderation_service.api.backtest_schemas import BacktestSchema, NewBacktestSchema
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.recognition import for_moderators
from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.models import Backtest

blueprint = Blueprint("backtests", __name__, url_prefix="/v1/sites", description="Rules tried on the past.")


@blueprint.route("/<slug:slug>/backtests", methods=["POST"])
@for_moderators
@blueprint.arguments(NewBacktestSchema)
@blueprint.response(202, BacktestSchema)
def ask(body: dict[str, Any], slug: str) -> tuple[Backtest, int, dict[str, str]]:
    """Try a rule on the past: what it would have done, live. It runs soon; `Location` says where to look."""
    with transaction() as session:
        site = rulebook.site_as_senior(session, person(), slug)
        said = body["document"] or backtests.rule_of(session, site.id, body["rule"])
        backtest = backtests.ask(session, site, said, start=body["from_at"], end=body["to_at"], author=person().actor)
        session.refresh(backtest)
        return backtest, 202, {"Location": f"/v1/sites/{slug}/backtests/{backtest.id}"}


@blueprint.route("/<slug:slug>/backtests/<row:backtest_id>", methods=["GET"])
@for_moderators
@blueprint.response(200, BacktestSchema)
def get(slug: str, backtest_id: int) -> Backtest:
    """How far it is; and when it is done, what came of it."""
    with transaction() as session:
        return backtests.one(session, rulebook.site_as_senior(session, person(), slug).id, backtest_id)


@blueprint.route("/<slug:slug>/backtests/<row:backtest_id>", methods=["DELETE"])
@for_moderators
@blueprint.response(204)
def cancel(slug: str, backtest_id: int) -> None:
    """Have it run no further; 409 when it has ended already."""
    with transaction() as session:
        backtest = backtests.one(session, rulebook.site_as_senior(session, person(), slug).id, backtest_id)
        backtests.cancel(session, backtest, actor=person().actor)


@blueprint.route("/<slug:slug>/backtests/<row:backtest_id>.csv", methods=["GET"])
@for_moderators
@blueprint.response(200, content_type="text/csv")
def cases(slug: str, backtest_id: int) -> Response:
    """All cases that the rule would have touched, in the order of time; 409 as long as it is not done."""
    with transaction() as session:
        backtest = backtests.one(session, rulebook.site_as_senior(session, person(), slug).id, backtest_id)
        lines = backtests.cases_csv(session, backtest)
    name = f"backtest-{backtest_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(lines, content_type="text/csv; charset=utf-8", headers=headers)
