"""Notices that something is illegal come in here, and tell where they stand."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Response, request

from moderation_service import queries
from moderation_service.api.arrivals import file
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import services, site_key, transaction
from moderation_service.api.filings import filing_of, told_of
from moderation_service.api.idempotency import KEY_HEADER, idempotency_key
from moderation_service.api.legal_schemas import LegalNoticeSchema, LegalReceiptSchema, LegalStandingSchema
from moderation_service.api.recognition import for_sites
from moderation_service.api.submissions import links_of

blueprint = Blueprint("legal", __name__, url_prefix="/v1", description="Notices that something is illegal.")


@blueprint.route("/legal-notices", methods=["POST"])
@blueprint.doc(parameters=[KEY_HEADER])
@for_sites("publishable", "secret")
@blueprint.arguments(LegalNoticeSchema)
@blueprint.response(202, LegalReceiptSchema, description="Recorded, durably, with each item that could be.")
def give_notice(notice: dict[str, Any]) -> Response:
    """Give notice of up to 50 places where something illegal stands (Digital Services Act, Article 16)."""
    filing = filing_of(
        notice,
        sent=request.get_data(),
        key=idempotency_key(),
        site=site_key(),
        address=request.remote_addr,
        secret=services().settings.secret_key,
    )
    told = told_of(file(filing, site_key(), request.remote_addr), services().settings.public_url)
    return Response(json.dumps(told), 202, content_type="application/json")


@blueprint.route("/legal-notices/<uuid:receipt>", methods=["GET"])
@for_sites("publishable", "secret")
@blueprint.response(200, LegalStandingSchema)
def notice_standing(receipt: UUID) -> dict[str, Any]:
    """Where a legal notice stands, item by item."""
    public_url = services().settings.public_url
    with transaction() as session:
        told = queries.notice_standing(session, site_key().site_id, receipt)
    items = [item | {"links": links_of(item["receipt"], public_url)} for item in told["items"]]
    return told | {"items": items, "links": links_of(told["receipt"], public_url, of="legal-notices")}
