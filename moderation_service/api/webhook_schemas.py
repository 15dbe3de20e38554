"""Shapes of webhook endpoints and of what they were sent."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.fields import Moment, Text, WebAddress
from moderation_service.api.paging import PageQuerySchema
from moderation_service.notifications.models import STATES
from moderation_service.notifications.webhooks.vocabulary import EventType


def _types(**options: object) -> fields.List[str]:
    glosses = " ".join(f"`{kind}`: {kind.gloss}" for kind in EventType)
    return fields.List(
        fields.String(validate=validate.OneOf(list(EventType))),
        validate=validate.Length(min=1, max=len(EventType)),
        metadata={"description": f"What it is told of. {glosses}"},
        **options,  # type: ignore[arg-type]
    )


class NewEndpointSchema(Schema):
    """An endpoint to be added."""

    url = WebAddress(required=True, metadata={"description": "Where events are posted to; in no private network."})
    description = Text(longest=200, load_default="")
    types = _types(load_default=lambda: list(EventType))


class EndpointChangesSchema(Schema):
    """What to change; what is left out stays."""

    url = WebAddress()
    description = Text(longest=200)
    types = _types()
    enabled = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "While it is false nothing is sent; what happens waits, for a month at most."},
    )


class EndpointSchema(Schema):
    """An endpoint, and how much waits for it."""

    id = fields.Integer()
    url = fields.String()
    description = fields.String()
    types = fields.List(fields.String())
    enabled = fields.Boolean()
    disabled_at = fields.AwareDateTime(allow_none=True)
    disabled_because = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    waiting = fields.Integer(
        metadata={"description": "Deliveries that are on their way, or held while it is disabled."}
    )
    dead = fields.Integer(metadata={"description": "Deliveries given up on."})
    secret = fields.String(
        metadata={"description": "What all webhooks of your site are signed with; only in the answer that made it."}
    )


class EndpointsSchema(Schema):
    """All of a site's endpoints."""

    endpoints = fields.List(fields.Nested(EndpointSchema))


class AttemptSchema(Schema):
    """One try; `error` is null where it was taken."""

    at = fields.AwareDateTime()
    duration_ms = fields.Integer()
    status = fields.Integer(allow_none=True)
    error = fields.String(allow_none=True)
    answer = fields.String(allow_none=True, metadata={"description": "The first 1,000 characters of what came back."})


class DeliverySchema(Schema):
    """One event for one endpoint."""

    id = fields.Integer()
    webhook_id = fields.String(metadata={"description": "The header `webhook-id`, the same in every try."})
    type = fields.String()
    data = fields.Dict()
    state = fields.String(validate=validate.OneOf(STATES))
    at = fields.AwareDateTime(metadata={"description": "When it happened."})
    due_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When it is tried next."})
    sent_at = fields.AwareDateTime(allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema))


class DeliveryQuerySchema(PageQuerySchema):
    """Which deliveries."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class DeliveryPageSchema(Schema):
    """A page of them."""

    deliveries = fields.List(fields.Nested(DeliverySchema))
    next_cursor = fields.String(allow_none=True)


class ReplaySchema(Schema):
    """What to send once more."""

    since = Moment(
        load_default=None,
        metadata={"description": "All that happened since then; left out: what was given up on."},
    )
