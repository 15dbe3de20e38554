"""A site's webhook endpoints: where its own systems are told of what happens to its articles."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api import outgoing, paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import site_key, transaction
from moderation_service.api.recognition import for_sites
from moderation_service.api.replays import ReplayedSchema
from moderation_service.api.webhook_schemas import (
    AttemptSchema,
    DeliveryPageSchema,
    DeliveryQuerySchema,
    EndpointChangesSchema,
    EndpointSchema,
    EndpointsSchema,
    NewEndpointSchema,
    ReplaySchema,
)
from moderation_service.notifications import attempts
from moderation_service.notifications.models import Endpoint
from moderation_service.notifications.webhooks import endpoints, replaying, trying

blueprint = Blueprint("webhooks", __name__, url_prefix="/v1/webhook-endpoints", description="Where events are sent.")


@blueprint.route("", methods=["GET"])
@for_sites("secret")
@blueprint.response(200, EndpointsSchema)
def list_endpoints() -> dict[str, Any]:
    """Your endpoints."""
    with transaction() as session:
        return {"endpoints": queries.endpoint_rows(session, site_key().site_id)}


@blueprint.route("", methods=["POST"])
@for_sites("secret")
@blueprint.arguments(NewEndpointSchema)
@blueprint.response(201, EndpointSchema, description="Added; with the secret of your webhooks, if it was made now.")
def add(body: dict[str, Any]) -> dict[str, Any]:
    """Have what happens from now on sent to an address; your first endpoint comes with the secret it is signed with."""
    outgoing.look_at(body["url"], site_key().site_id)
    with transaction() as session:
        endpoint, secret = endpoints.add(session, site_key().site_id, **body, actor=_actor())
        return _told(session, endpoint.id) | ({"secret": secret} if secret else {})


@blueprint.route("/<small:endpoint_id>", methods=["GET"])
@for_sites("secret")
@blueprint.response(200, EndpointSchema)
def show(endpoint_id: int) -> dict[str, Any]:
    """One of them."""
    with transaction() as session:
        return _told(session, _own(session, endpoint_id).id)


@blueprint.route("/<small:endpoint_id>", methods=["PATCH"])
@for_sites("secret")
@blueprint.arguments(EndpointChangesSchema, required=False)
@blueprint.response(200, EndpointSchema)
def change(body: endpoints.Changes, endpoint_id: int) -> dict[str, Any]:
    """Change one, disable it for a while, or enable it: then what waited for it is sent."""
    outgoing.look_at(body.get("url"), site_key().site_id)
    with transaction() as session:
        endpoints.change(session, _own(session, endpoint_id), body, actor=_actor())
        return _told(session, endpoint_id)


@blueprint.route("/<small:endpoint_id>", methods=["DELETE"])
@for_sites("secret")
@blueprint.response(204)
def remove(endpoint_id: int) -> None:
    """Take one away, with what waits for it and the log of what it was sent."""
    with transaction() as session:
        endpoints.remove(session, _own(session, endpoint_id), actor=_actor())


@blueprint.route("/<small:endpoint_id>:test", methods=["POST"])
@for_sites("secret")
@blueprint.response(200, AttemptSchema, description="What came of it, taken or not.")
def test(endpoint_id: int) -> dict[str, Any]:
    """Send a `webhook.test` event now, and tell what the receiver said."""
    with transaction() as session:
        message = trying.sample(session, _own(session, endpoint_id))
    outcome = outgoing.send_now(message, site_key().site_id)
    return attempts.told(outcome) | {"at": message.created_at}


@blueprint.route("/<small:endpoint_id>/deliveries", methods=["GET"])
@for_sites("secret")
@blueprint.arguments(DeliveryQuerySchema, location="query")
@blueprint.response(200, DeliveryPageSchema)
def list_deliveries(query: dict[str, Any], endpoint_id: int) -> Any:
    """What it was sent or is to be sent, the newest first, with every try; for a month."""
    with transaction() as session:
        page = queries.delivery_page(session, _own(session, endpoint_id).id, **query)
    return paging.answer("deliveries", page)


@blueprint.route("/<small:endpoint_id>/deliveries/<row:delivery_id>:replay", methods=["POST"])
@for_sites("secret")
@blueprint.response(200, ReplayedSchema)
def replay_one(endpoint_id: int, delivery_id: int) -> dict[str, Any]:
    """Send one again, under the same `webhook-id`."""
    with transaction() as session:
        replaying.replay_one(session, _own(session, endpoint_id), delivery_id, actor=_actor())
    return {"replayed": 1}


@blueprint.route("/<small:endpoint_id>:replay", methods=["POST"])
@for_sites("secret")
@blueprint.arguments(ReplaySchema, required=False)
@blueprint.response(200, ReplayedSchema)
def replay(body: dict[str, Any], endpoint_id: int) -> dict[str, Any]:
    """Send what was given up on, or all that happened since a moment, under the same `webhook-id`s."""
    with transaction() as session:
        return {"replayed": replaying.replay(session, _own(session, endpoint_id), body["since"], actor=_actor())}


def _own(session: Session, endpoint_id: int) -> Endpoint:
    return endpoints.one(session, site_key().site_id, endpoint_id)


def _told(session: Session, endpoint_id: int) -> dict[str, Any]:
    (told,) = queries.endpoint_rows(session, site_key().site_id, endpoint_id)
    return told


def _actor() -> str:
    return f"key:{site_key().key_id}"
