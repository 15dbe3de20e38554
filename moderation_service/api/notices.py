"""Notices: mails and webhooks; seen here, and tried anew where they were given up on."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from moderation_service import pipeline, queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.dead_letters import ReplayedSchema
from moderation_service.api.paging import PageQuerySchema
from moderation_service.api.recognition import for_moderators
from moderation_service.policy.vocabulary import Role

blueprint = Blueprint("notices", __name__, url_prefix="/v1", description="Mails and webhooks to the people concerned.")


class NoticeQuerySchema(PageQuerySchema):
    """Which notices."""

    state = fields.String(load_default="dead", validate=validate.OneOf(["pending", "sent", "dead"]))


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


@blueprint.route("/notices/<row:notice_id>:replay", methods=["POST"])
@for_moderators
@blueprint.response(200, ReplayedSchema)
def replay(notice_id: int) -> dict[str, Any]:
    """Try one anew, all its tries."""
    with transaction() as session:
        pipeline.replay_notice(session, notice_id, person())
    return {"replayed": 1}


@blueprint.route("/notices:replay-all", methods=["POST"])
@for_moderators
@blueprint.response(200, ReplayedSchema)
def replay_all() -> dict[str, Any]:
    """Try all that were given up on anew, on the sites where you are a senior."""
    sites, actor = person().sites_as(Role.SENIOR), person().actor
    with transaction() as session:
        return {"replayed": pipeline.replay_all_notices(session, sites=sites, actor=actor)}
