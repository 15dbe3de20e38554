"""Decisions come in here: on one case, or one verdict on several."""

from __future__ import annotations

from typing import Any

from moderation_service import pipeline, queries
from moderation_service.api import problems
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.case_schemas import BulkAnswerSchema, BulkSchema, DecisionSchema, RulingSchema
from moderation_service.api.current import person, services, transaction
from moderation_service.api.recognition import for_moderators
from moderation_service.decisions.service import Ruling
from moderation_service.errors import DomainError

blueprint = Blueprint("decisions", __name__, url_prefix="/v1", description="What was decided.")


@blueprint.route("/cases/<row:case_id>/decisions", methods=["POST"])
@for_moderators
@blueprint.arguments(RulingSchema)
@blueprint.response(201, DecisionSchema)
def decide(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Decide the case you hold, or supersede its last decision.

    409 says who and what changed since you looked; 403 that you do not hold the case.
    """
    with transaction() as session:
        decision = pipeline.decide(session, case_id, person(), _ruling(body, body))
        return queries.decision_detail(session, decision)


@blueprint.route("/decisions:bulk", methods=["POST"])
@for_moderators
@blueprint.arguments(BulkSchema)
@blueprint.response(200, BulkAnswerSchema, description="A result for each case, in their order.")
def decide_several(body: dict[str, Any]) -> dict[str, Any]:
    """One verdict on several cases shown together; each is claimed, decided and answered on its own."""
    return {"results": [_decide_one(body, seen) for seen in body["cases"]]}


def _decide_one(body: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    try:
        # A transaction for each: what one case comes to does not depend on the others.
        with transaction() as session:
            decision = pipeline.claim_and_decide(
                session, seen["case_id"], person(), _ruling(body, seen), services().settings
            )
            made = queries.decision_detail(session, decision)
    except DomainError as error:
        members = problems.of_domain(error)
        return {"case_id": seen["case_id"], "status": members["status"], "problem": members}
    return {"case_id": seen["case_id"], "status": 201, "decision": made}


def _ruling(verdict: dict[str, Any], seen: dict[str, Any]) -> Ruling:
    return Ruling(
        action=verdict["action"],
        parts=tuple(dict.fromkeys(verdict["parts"])),
        clause=verdict["clause"],
        ground=verdict["ground"],
        note=verdict["note"],
        case_version=seen["case_version"],
        revision=seen["article_revision"],
    )
