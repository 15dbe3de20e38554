"""One case: look, claim, renew, release, hand over, escalate, note."""

from __future__ import annotations

from typing import Any

from moderation_service import pipeline, queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.case_schemas import (
    CaseSchema,
    FlagPageSchema,
    HandOverSchema,
    HeldSchema,
    NoteSchema,
)
from moderation_service.api.current import person, services, transaction
from moderation_service.api.paging import PageQuerySchema
from moderation_service.api.recognition import for_moderators

blueprint = Blueprint("cases", __name__, url_prefix="/v1/cases", description="One case.")


@blueprint.route("/<row:case_id>", methods=["GET"])
@for_moderators
@blueprint.response(200, CaseSchema)
def get(case_id: int) -> dict[str, Any]:
    """The article, the flags in numbers, who holds it, its history, the state of the content store."""
    with transaction() as session:
        return queries.case_detail(session, case_id, person())


@blueprint.route("/<row:case_id>/flags", methods=["GET"])
@for_moderators
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, FlagPageSchema)
def flags(query: dict[str, Any], case_id: int) -> Any:
    """The flags one by one, oldest first."""
    with transaction() as session:
        page = queries.case_flags(session, case_id, person(), cursor=query["cursor"], limit=query["limit"])
    return paging.answer("flags", page)


@blueprint.route("/<row:case_id>/claim", methods=["POST"])
@for_moderators
@blueprint.response(200, CaseSchema)
def claim(case_id: int) -> dict[str, Any]:
    """Take hold of this case; 409 says who holds it. A closed one is claimed to supersede its decision."""
    with transaction() as session:
        pipeline.claim(session, case_id, person(), services().settings)
        return queries.case_detail(session, case_id, person())


@blueprint.route("/<row:case_id>/claim", methods=["PATCH"])
@for_moderators
@blueprint.response(200, HeldSchema)
def renew(case_id: int) -> dict[str, Any]:
    """Hold on for another lease."""
    with transaction() as session:
        held = pipeline.renew_claim(session, case_id, person(), services().settings)
        return {"by": person().display_name, "moderator_id": held.moderator_id, "until": held.expires_at}


@blueprint.route("/<row:case_id>/claim", methods=["DELETE"])
@for_moderators
@blueprint.response(204)
def release(case_id: int) -> None:
    """Give the case back to the queue."""
    with transaction() as session:
        pipeline.release_claim(session, case_id, person())


@blueprint.route("/<row:case_id>/claim:hand-over", methods=["POST"])
@for_moderators
@blueprint.arguments(HandOverSchema)
@blueprint.response(200, HeldSchema)
def hand_over(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Pass the case you hold to a named colleague."""
    with transaction() as session:
        held, receiver = pipeline.hand_over(session, case_id, person(), body["to"], services().settings)
        return {"by": receiver.display_name, "moderator_id": held.moderator_id, "until": held.expires_at}


@blueprint.route("/<row:case_id>:escalate", methods=["POST"])
@for_moderators
@blueprint.arguments(NoteSchema)
@blueprint.response(200, CaseSchema)
def escalate(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Hand the case up to seniors, before other work; your claim ends."""
    with transaction() as session:
        pipeline.escalate(session, case_id, person(), body["note"])
        return queries.case_detail(session, case_id, person())


@blueprint.route("/<row:case_id>/notes", methods=["POST"])
@for_moderators
@blueprint.arguments(NoteSchema)
@blueprint.response(201, CaseSchema)
def note(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Leave a note in the case's history; it cannot be taken out again."""
    with transaction() as session:
        pipeline.note(session, case_id, person(), body["note"])
        return queries.case_detail(session, case_id, person())
