"""Flags come in here, one or many, and tell where they stand."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import ValidationError

from moderation_service import pipeline, queries
from moderation_service.api.arrivals import result_of, take_in
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import services, site_key, transaction
from moderation_service.api.flag_schemas import FLAG, BatchAnswerSchema, BatchSchema, ReceiptSchema, StandingSchema
from moderation_service.api.idempotency import KEY_HEADER, idempotency_key
from moderation_service.api.recognition import for_sites
from moderation_service.api.short_cut import REFUSED
from moderation_service.api.submissions import links_of, network_of, receipt_of, submission_of
from moderation_service.errors import DomainError, RateLimited
from moderation_service.intake.submission import Submission

blueprint = Blueprint("flags", __name__, url_prefix="/v1", description="Readers' reports about articles.")


@blueprint.route("/flags", methods=["POST"])
@blueprint.doc(parameters=[KEY_HEADER])
@for_sites("publishable", "secret")
@blueprint.arguments(FLAG)
@blueprint.response(202, ReceiptSchema, description="Recorded, durably.")
@blueprint.alt_response(200, schema=ReceiptSchema, description="Flagged before by this reader: the first receipt.")
def submit(flag: dict[str, Any]) -> Response:
    """Flag an article, or a part of it."""
    if REFUSED in request.environ:
        raise request.environ[REFUSED]
    submission = _submission(flag, request.get_data(), idempotency_key())
    recorded, left = take_in(submission, site_key(), request.remote_addr)
    told = json.dumps(receipt_of(recorded, services().settings.public_url))
    answer = Response(told, recorded.status, content_type="application/json")
    answer.headers.extend(left.headers)
    return answer


@blueprint.route("/flags:batch", methods=["POST"])
@blueprint.doc(parameters=[KEY_HEADER])
@for_sites("publishable", "secret")
@blueprint.arguments(BatchSchema)
@blueprint.response(200, BatchAnswerSchema, description="A result for each flag, in their order.")
def submit_batch(batch: dict[str, Any]) -> Response:
    """Flag up to 500 articles or parts; each has its own result, and one that is refused stops no other."""
    key = idempotency_key()
    services().limits.count_arrivals(site_key(), network_of(request.remote_addr), len(batch["flags"]))
    parsed = [_counted(_parsed(flag, key, place)) for place, flag in enumerate(batch["flags"])]
    submissions = [p for p in parsed if isinstance(p, Submission)]
    answers = iter(services().gate.submit_all(submissions))
    results = [result_of(next(answers) if isinstance(p, Submission) else p) for p in parsed]
    return Response(json.dumps({"results": results}), content_type="application/json")


@blueprint.route("/flags/<uuid:receipt>", methods=["GET"])
@for_sites("publishable", "secret")
@blueprint.response(200, StandingSchema)
def standing(receipt: UUID) -> dict[str, Any]:
    """Where a flag stands."""
    with transaction() as session:
        return _linked(queries.flag_standing(session, site_key().site_id, receipt))


@blueprint.route("/flags/<uuid:receipt>", methods=["DELETE"])
@for_sites("publishable", "secret")
@blueprint.response(200, StandingSchema, description="Withdrawn; again, it is the same.")
def withdraw(receipt: UUID) -> dict[str, Any]:
    """Take a flag back."""
    with transaction() as session:
        pipeline.withdraw_flag(session, site_key().site_id, receipt)
        return _linked(queries.flag_standing(session, site_key().site_id, receipt))


def _parsed(flag: dict[str, Any], key: str | None, place: int) -> Submission | Exception:
    """One flag of a batch; under a batch's key each place has a key of its own."""
    try:
        loaded = FLAG.load(flag)
        own_key = None if key is None else f"{key}/{place}"
        return _submission(loaded, json.dumps(flag, sort_keys=True).encode(), own_key)
    except (ValidationError, DomainError) as error:
        return error


def _submission(flag: dict[str, Any], sent: bytes, key: str | None) -> Submission:
    return submission_of(
        flag,
        sent=sent,
        key=key,
        site=site_key(),
        address=request.remote_addr,
        secret=services().settings.secret_key,
    )


def _counted(parsed: Submission | Exception) -> Submission | Exception:
    """A flag of a batch counted against its reporter's limit; the others' flags go on when it is reached."""
    try:
        if isinstance(parsed, Submission):
            services().limits.hit("reporter", parsed.reporter.hex())
        return parsed
    except RateLimited as error:
        return error


def _linked(flag: dict[str, Any]) -> dict[str, Any]:
    return flag | {"links": links_of(flag["receipt"], services().settings.public_url)}
