"""Dead letters: decisions that a content store would not obey; seen here, and tried anew."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from moderation_service import pipeline, queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.paging import PageQuerySchema
from moderation_service.api.recognition import for_moderators
from moderation_service.policy.vocabulary import Role

blueprint = Blueprint("dead letters", __name__, url_prefix="/v1", description="Decisions that were given up on.")


class DeadLetterSchema(Schema):
    """A decision that was given up on."""

    id = fields.Integer()
    site = fields.String()
    case_id = fields.Integer()
    article = fields.Dict()
    wanted = fields.Dict()
    wanted_at = fields.AwareDateTime()
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)


class DeadLetterPageSchema(Schema):
    """A page of them."""

    dead_letters = fields.List(fields.Nested(DeadLetterSchema))
    next_cursor = fields.String(allow_none=True)


class ReplayedSchema(Schema):
    """How many have another life."""

    replayed = fields.Integer()


@blueprint.route("/dead-letters", methods=["GET"])
@for_moderators
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, DeadLetterPageSchema)
def list_dead_letters(query: dict[str, Any]) -> Any:
    """What was given up on, oldest first, on the sites where you are a senior."""
    sites = person().sites_as(Role.SENIOR)
    with transaction() as session:
        page = queries.dead_letter_page(session, sites=sites, cursor=query["cursor"], limit=query["limit"])
    return paging.answer("dead_letters", page)


@blueprint.route("/dead-letters/<row:order_id>:replay", methods=["POST"])
@for_moderators
@blueprint.response(200, ReplayedSchema)
def replay(order_id: int) -> dict[str, Any]:
    """Try one anew, all its tries."""
    with transaction() as session:
        pipeline.replay(session, order_id, person())
    return {"replayed": 1}


@blueprint.route("/dead-letters:replay-all", methods=["POST"])
@for_moderators
@blueprint.response(200, ReplayedSchema)
def replay_all() -> dict[str, Any]:
    """Try all of them anew, on the sites where you are a senior."""
    with transaction() as session:
        return {"replayed": pipeline.replay_all(session, sites=person().sites_as(Role.SENIOR), actor=person().actor)}
