"""What went wrong, as a page for readers: a twin of the API's table of problems."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from moderation_service import errors
from moderation_service.api import problems
from moderation_service.widget.pages import page

# What a status is called among the words of a page; the details of an error are no reader's business.
NAMES = {404: "not_found", 413: "too_long", 429: "too_many", 503: "away"}
OTHERWISE = "failed"


def register(blueprint: Blueprint) -> None:
    """Install it."""
    blueprint.register_error_handler(errors.DomainError, _of_domain)
    blueprint.register_error_handler(HTTPException, _of_http)
    for kind in (PoolTimeout, DBAPIError, Exception):
        blueprint.register_error_handler(kind, _of_service)


def _of_domain(error: errors.DomainError) -> Response:
    answer = _page(int(problems.STATUS[type(error)]))
    if isinstance(error, errors.RateLimited):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # Flask takes Werkzeug's own too
    return _page(status)


def _of_service(error: Exception) -> Response:
    # The API's table tells an outage from a defect and writes the log; here it only gets another face.
    return _page(problems.from_service(error).status_code)


def _page(status: int) -> Response:
    return page("problem.html", status, part="page", name=NAMES.get(status, OTHERWISE))
