"""Dead letters: decisions that a content store would not obey; seen here, and tried anew."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from moderation_service import queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.paging import PageQuerySchema
from moderation_service.api.recognition import for_moderators
from moderation_service.api.replays import add_replays
from moderation_service.dead_letters import ORDERS
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


add_replays(blueprint, "/dead-letters", ORDERS)
