"""Notices: mails and webhooks; seen here, and tried anew where they were given up on."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from moderation_service import queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.paging import PageQuerySchema
from moderation_service.api.recognition import for_moderators
from moderation_service.api.replays import add_replays
from moderation_service.dead_letters import NOTICES
from moderation_service.notifications.models import STATES
from moderation_service.policy.vocabulary import Role

blueprint = Blueprint("notices", __name__, url_prefix="/v1", description="Mails and webhooks to the people concerned.")


class NoticeQuerySchema(PageQuerySchema):
    """Which notices."""

    state = fields.String(load_default="dead", validate=validate.OneOf(STATES))


class NoticeSchema(Schema):
    """One thing that one recipient is told, and how far that is."""

    id = fields.Integer()
    site = fields.String()
    channel = fields.String()
    recipient = fields.String()
    kind = fields.String()
    subject = fields.String()
    state = fields.String()
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)


class NoticePageSchema(Schema):
    """A page of them."""

    notices = fields.List(fields.Nested(NoticeSchema))
    next_cursor = fields.String(allow_none=True)


@blueprint.route("/notices", methods=["GET"])
@for_moderators
@blueprint.arguments(NoticeQuerySchema, location="query")
@blueprint.response(200, NoticePageSchema)
def list_notices(query: dict[str, Any]) -> Any:
    """Notices of one state, oldest first, on the sites where you are a senior; those given up on by default."""
    sites = person().sites_as(Role.SENIOR)
    with transaction() as session:
        page = queries.notice_page(session, sites=sites, **query)
    return paging.answer("notices", page)


add_replays(blueprint, "/notices", NOTICES)
