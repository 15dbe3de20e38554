"""The queue: look at it, or take the next case."""

from __future__ import annotations

from typing import Any

from moderation_service import pipeline, queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.case_schemas import CasePageSchema, CaseSchema, ClaimNextSchema, QueueQuerySchema
from moderation_service.api.current import person, services, transaction
from moderation_service.api.recognition import for_moderators
from moderation_service.errors import NotFound
from moderation_service.sites.people import site_for

blueprint = Blueprint("queue", __name__, url_prefix="/v1", description="What still has to be decided, in its order.")


@blueprint.route("/cases", methods=["GET"])
@for_moderators
@blueprint.arguments(QueueQuerySchema, location="query")
@blueprint.response(200, CasePageSchema)
def list_cases(query: dict[str, Any]) -> Any:
    """A page of the queue, most urgent first and then the oldest; or of closed cases, the last closed first.

    With a reason, 2,000 cases are looked through for a page: it may hold fewer than asked for, or none, and lead on.
    """
    who = person()
    with transaction() as session:
        sites = who.sites if query["site"] is None else [site_for(session, who, query["site"]).id]
        wanted = queries.QueueFilter(
            sites=sites,
            state=query["state"],
            reason=query["reason"],
            escalated=query["escalated"],
            queue=query["queue"],
            held=query["held"],
            moderator_id=who.id,
        )
        page = queries.queue_page(session, wanted, cursor=query["cursor"], limit=query["limit"])
    return paging.answer("cases", page)


@blueprint.route("/cases:claim-next", methods=["POST"])
@for_moderators
@blueprint.arguments(ClaimNextSchema, location="query")
@blueprint.arguments(ClaimNextSchema, location="json", required=False)
@blueprint.response(200, CaseSchema)
def claim_next(query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Claim the first case that nobody holds and you may decide; 404 when there is none.

    One claim in twenty goes to the oldest case, so that none waits for ever. Name the queue in the address or in a
    body; where both do, the address counts.
    """
    queue = query["queue"] or body["queue"]
    with transaction() as session:
        given = pipeline.claim_next(session, person(), services().settings, queue=queue)
        if given is None:
            raise NotFound("No case is free for you")
        return queries.case_detail(session, given.case.id, person())
