"""Errors as XRPC has them: an object with `error`, a name that programs know, and `message`, words for people."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from moderation_service.api import problems
from moderation_service.errors import DomainError

# What is not here is an InvalidRequest, the 400 that the protocol has for all that is wrong with a request.
NAMES = {
    HTTPStatus.UNAUTHORIZED: "AuthenticationRequired",
    HTTPStatus.FORBIDDEN: "Forbidden",
    HTTPStatus.NOT_FOUND: "NotFound",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "PayloadTooLarge",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UnsupportedMediaType",
    HTTPStatus.TOO_MANY_REQUESTS: "RateLimitExceeded",
    HTTPStatus.INTERNAL_SERVER_ERROR: "InternalServerError",
    HTTPStatus.SERVICE_UNAVAILABLE: "UpstreamFailure",
}


def register(blueprint: Blueprint) -> None:
    """Let a blueprint's routes answer errors this way."""
    blueprint.register_error_handler(DomainError, lambda error: _translated(problems.from_domain(error)))
    blueprint.register_error_handler(ValidationError, lambda error: _error(400, problems.of_fields(error)["detail"]))
    blueprint.register_error_handler(HTTPException, lambda error: _translated(problems.from_http(error)))
    blueprint.register_error_handler(RecursionError, lambda _: _error(400, "The request is nested too deeply"))
    blueprint.register_error_handler(Exception, lambda error: _translated(problems.from_service(error)))


def _translated(problem: Response) -> Response:
    """A problem as XRPC tells it, with its headers."""
    members: dict[str, Any] = problem.get_json()
    answer = _error(problem.status_code, members.get("detail") or members["title"])
    for name in ("Retry-After", "WWW-Authenticate"):
        if name in problem.headers:
            answer.headers[name] = problem.headers[name]
    return answer


def _error(status: int, words: str) -> Response:
    name = NAMES.get(HTTPStatus(status), "InvalidRequest")
    shown = status if name != "InvalidRequest" else 400
    return Response(json.dumps({"error": name, "message": words}), shown, content_type="application/json")
