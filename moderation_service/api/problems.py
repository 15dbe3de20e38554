"""Every error is a problem (RFC 9457): the one table from domain words and HTTP errors to answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g
from flask_smorest import Api
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from moderation_service import errors

log = structlog.get_logger()

STATUS: dict[type[errors.DomainError], HTTPStatus] = {
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SeveralInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IdempotencyMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Crossed: HTTPStatus.CONFLICT,
    errors.StillRunning: HTTPStatus.CONFLICT,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"


class FieldProblemSchema(Schema):
    """What is wrong with one field."""

    detail = fields.String(required=True, metadata={"description": "What is wrong, in words."})
    pointer = fields.String(required=True, metadata={"description": "A JSON pointer to the field, or its name."})


class ProblemSchema(Schema):
    """Problem details, RFC 9457."""

    type = fields.String(metadata={"description": "about:blank, or a URI that says more."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldProblemSchema))
    request_id = fields.String()


class ProblemApi(Api):
    """flask-smorest's API, with problem details for its errors."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer an HTTP error; one from marshmallow names each field."""
        return from_http(error)


def problem(status: int, detail: str | None, **extra: Any) -> Response:
    """One problem as an answer; `extra` are further members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        body["detail"] = detail
    body |= extra
    if "request_id" in g:
        body["request_id"] = g.request_id
    return Response(json.dumps(body), status, content_type="application/problem+json")


def of_domain(error: errors.DomainError) -> dict[str, Any]:
    """A domain error as the members of a problem, without the HTTP around it."""
    status = STATUS[type(error)]
    extra = dict(error.extra)
    if isinstance(error, errors.Invalid):
        extra["errors"] = [
            {"detail": fault.message, "pointer": "#/" + fault.field.replace(".", "/")} for fault in error.faults
        ]
    if isinstance(error, errors.RateLimited):
        extra["type"] = QUOTA_EXCEEDED
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": error.message,
        **extra,
    }


def from_domain(error: errors.DomainError) -> Response:
    """Answer a domain error."""
    members = of_domain(error)
    answer = problem(members.pop("status"), members.pop("detail"), **members)
    if isinstance(error, errors.RateLimited):
        answer.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Unavailable | errors.Crossed):
        answer.headers["Retry-After"] = "1"
    if isinstance(error, errors.Unauthenticated):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="moderation-service"'
    return answer


def of_fields(error: ValidationError) -> dict[str, Any]:
    """Marshmallow's findings as the members of a problem."""
    found = list(_field_problems(error.messages))
    return {
        "type": "about:blank",
        "title": HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        "status": 422,
        "detail": _summary(found),
        "errors": found,
    }


def _summary(found: list[dict[str, str]]) -> str:
    told = "; ".join(f"{e['pointer']}: {e['detail']}" for e in found[: errors.MOST_TOLD])
    return told if len(found) <= errors.MOST_TOLD else f"{told}; and {len(found) - errors.MOST_TOLD:,} more"


def from_http(error: HTTPException) -> Response:
    """Answer an HTTP error of Flask, werkzeug or marshmallow."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    messages = getattr(error, "data", {}).get("messages", {})
    if messages:
        found = list(_field_problems(messages))
        answer = problem(status, _summary(found), errors=found)
    else:
        answer = problem(status, error.description)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _field_problems(messages: Any, path: str = "#") -> Iterator[dict[str, str]]:
    """Flatten marshmallow's messages; the outermost key is where it looked: json, query, headers."""
    if isinstance(messages, dict):
        for key, value in messages.items():
            inner = path if key in {"json", "_schema"} else f"{path}/{key}"
            yield from _field_problems(value, inner)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield {"detail": str(message), "pointer": path}


def register(app: Flask) -> None:
    """Install the table."""
    app.register_error_handler(errors.DomainError, from_domain)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(RecursionError, lambda _: problem(400, "The request is nested too deeply"))
    app.register_error_handler(PoolTimeout, from_service)
    app.register_error_handler(DBAPIError, from_service)
    app.register_error_handler(Exception, from_service)


def from_service(error: Exception) -> Response:
    """Answer what is nobody's fault but the service's, and write it down: an outage, or a defect."""
    outage = of_outage(error)
    return _unexpected(error) if outage is None else from_domain(outage)


def of_outage(error: Exception) -> errors.Unavailable | None:
    """The words for a database that did not answer in time, which is written down; None when it is a defect."""
    # A statement that the database refused is a defect; one that it did not answer in time is not.
    if not (isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and _is_outage(error))):
        return None
    log.warning("database.away", error=type(error).__name__)
    return errors.Unavailable("The database does not answer; try again")


def _is_outage(error: DBAPIError) -> bool:
    return error.connection_invalidated or type(error.orig).__name__ in {
        "OperationalError",
        "QueryCanceled",
        "LockNotAvailable",
        "AdminShutdown",
        "CannotConnectNow",
        "IdleInTransactionSessionTimeout",
        "ConnectionTimeout",
        "DeadlockDetected",
        "TooManyConnections",
    }


def _unexpected(error: Exception) -> Response:
    log.error("request.failed", exc_info=error)
    return problem(500, "Something went wrong here; it was recorded under this request's id")
