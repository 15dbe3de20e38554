"""Sites tell how often their articles are read, so that what many are about to see is looked at first."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from moderation_service import pipeline
from moderation_service.api import problems
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import site_key, transaction
from moderation_service.api.reach_schemas import (
    ArticleViewsSchema,
    ReachAnswerSchema,
    ReachBatchSchema,
    ReachSchema,
    ViewsSchema,
)
from moderation_service.api.recognition import for_sites
from moderation_service.articles.reach import Reach
from moderation_service.errors import DomainError

blueprint = Blueprint("reach", __name__, url_prefix="/v1", description="How often articles are read.")

ARTICLE_VIEWS = ArticleViewsSchema()


@blueprint.route("/articles/<string:external_id>/reach", methods=["PUT"])
@for_sites("secret")
@blueprint.arguments(ViewsSchema)
@blueprint.response(200, ReachSchema, description="Counted.")
@blueprint.alt_response(429, description="Reported less than a minute ago; nothing was changed.")
def put(report: dict[str, Any], external_id: str) -> dict[str, Any]:
    """Tell how often an article was seen so far; at most once a minute."""
    with transaction() as session:
        (answer,) = pipeline.report_reach(session, site_key().site_id, [(external_id, report["views"])])
    if isinstance(answer, DomainError):
        raise answer
    return _told(answer)


@blueprint.route("/reach:batch", methods=["POST"])
@for_sites("secret")
@blueprint.arguments(ReachBatchSchema)
@blueprint.response(200, ReachAnswerSchema, description="A result for each article, in their order.")
def put_batch(batch: dict[str, Any]) -> dict[str, Any]:
    """Tell how often up to 1,000 articles were seen; each has its own result."""
    parsed = [_parsed(report) for report in batch["articles"]]
    reports = [report for report in parsed if isinstance(report, tuple)]
    with transaction() as session:
        answers = iter(pipeline.report_reach(session, site_key().site_id, reports))
    return {"results": [_result(next(answers) if isinstance(report, tuple) else report) for report in parsed]}


def _parsed(report: dict[str, Any]) -> tuple[str, int] | ValidationError:
    try:
        loaded = ARTICLE_VIEWS.load(report)
    except ValidationError as error:
        return error
    return loaded["external_id"], loaded["views"]


def _result(answer: Reach | DomainError | ValidationError) -> dict[str, Any]:
    if isinstance(answer, Reach):
        return {"status": 200, "reach": _told(answer)}
    members = problems.of_fields(answer) if isinstance(answer, ValidationError) else problems.of_domain(answer)
    return {"status": members["status"], "problem": members}


def _told(reach: Reach) -> dict[str, Any]:
    return {
        "external_id": reach.external_id,
        "reported_views": reach.reported_views,
        "views": reach.views,
        "velocity": round(reach.velocity, 1),
    }
