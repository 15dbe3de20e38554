"""Decisions come in here: on one case, or one verdict on several."""

from __future__ import annotations

from typing import Any

from flask import make_response
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.api import problems
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, services, transaction
from moderation_service.api.decision_schemas import (
    BulkAnswerSchema,
    BulkSchema,
    DecisionSchema,
    MadeProposalSchema,
    ProposedSchema,
    RulingSchema,
)
from moderation_service.api.recognition import for_moderators
from moderation_service.api.several import one_by_one
from moderation_service.decisions.models import Decision
from moderation_service.decisions.ruling import Ruling, Together
from moderation_service.errors import DomainError

blueprint = Blueprint("decisions", __name__, url_prefix="/v1", description="What was decided.")


@blueprint.route("/cases/<row:case_id>/decisions", methods=["POST"])
@for_moderators
@blueprint.arguments(RulingSchema)
@blueprint.response(201, DecisionSchema)
@blueprint.alt_response(202, schema=ProposedSchema, description="Proposed: this case takes two persons who agree.")
def decide(body: dict[str, Any], case_id: int) -> Any:
    """Decide the case you hold, or supersede its last decision; on a case that takes two persons, propose or decide.

    On such a case what agrees with a colleague's proposal (its action and parts) decides. What does not is answered 202
    and replaces it as the proposal, for a third person or the first one; only a senior may decide against a proposal.
    409 says who and what changed since you looked; 403 that you do not hold the case, or proposed what to decide.
    """
    with transaction() as session:
        made = pipeline.decide(session, case_id, person(), _ruling(body, body))
        if isinstance(made, Decision):
            return queries.decision_detail(session, made)
        proposed = {"proposal": queries.proposal_detail(session, made)}
    # A response of its own: the other one's schema would find nothing in it to show.
    return make_response(ProposedSchema().dump(proposed), 202)


@blueprint.route("/cases/<row:case_id>/proposal", methods=["PUT"])
@for_moderators
@blueprint.arguments(RulingSchema)
@blueprint.response(200, MadeProposalSchema)
def replace_proposal(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Propose something else than you did, on a case that you hold again."""
    with transaction() as session:
        proposal = pipeline.replace_proposal(session, case_id, person(), _ruling(body, body))
        return queries.proposal_detail(session, proposal)


@blueprint.route("/cases/<row:case_id>/proposal", methods=["DELETE"])
@for_moderators
@blueprint.response(204)
def withdraw_proposal(case_id: int) -> None:
    """Take your proposal back."""
    with transaction() as session:
        pipeline.withdraw_proposal(session, case_id, person())


@blueprint.route("/decisions:bulk", methods=["POST"])
@for_moderators
@blueprint.arguments(BulkSchema)
@blueprint.response(200, BulkAnswerSchema, description="A result for each case, in their order.")
def decide_several(body: dict[str, Any]) -> dict[str, Any]:
    """One verdict on several cases shown together; each is claimed, decided and answered on its own.

    The same one sent again decides nothing anew, and is answered the same. Where the cases are of several sites, send
    the `policy_id`: on a site whose clause of that code says something else, nothing is decided (409).
    """
    together, seen = Together(len(body["cases"])), body["cases"]
    came = one_by_one(seen, lambda session, one: _decide_one(session, one["case_id"], _ruling(body, one, together)))
    return {"results": [_result(one["case_id"], answer) for one, answer in zip(seen, came, strict=True)]}


def _decide_one(session: Session, case_id: int, ruling: Ruling) -> dict[str, Any]:
    made = pipeline.claim_and_decide(session, case_id, person(), ruling, services().settings)
    if isinstance(made, Decision):
        return {"status": 201, "decision": queries.decision_detail(session, made)}
    return {"status": 202, "proposal": queries.proposal_detail(session, made)}


def _result(case_id: int, answer: dict[str, Any] | DomainError) -> dict[str, Any]:
    if isinstance(answer, DomainError):
        members = problems.of_domain(answer)
        answer = {"status": members["status"], "problem": members}
    return {"case_id": case_id, **answer}


def _ruling(verdict: dict[str, Any], seen: dict[str, Any], together: Together | None = None) -> Ruling:
    return Ruling(
        action=verdict["action"],
        parts=tuple(dict.fromkeys(verdict["parts"])),
        clause=verdict["clause"],
        ground=verdict["ground"],
        policy_id=verdict["policy_id"],
        note=verdict["note"],
        case_version=seen["case_version"],
        revision=seen["article_revision"],
        together=together,
    )
