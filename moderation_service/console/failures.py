"""What went wrong, as a page: the console's twin of the API's table of problems."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from moderation_service import errors
from moderation_service.api import problems
from moderation_service.console import words
from moderation_service.console.pages import page
from moderation_service.console.words import _, language, later, span

TITLES = {
    400: later("This request cannot be read"),
    403: later("You may not do this"),
    404: later("There is no such page"),
    405: later("This address cannot be used like that"),
    409: later("This has changed in the meantime"),
    413: later("This is too long"),
    422: later("Something is not right yet"),
    429: later("Too many tries"),
    503: later("The service does not answer"),
}
OTHERWISE = later("Something went wrong here")


def register(blueprint: Blueprint) -> None:
    """Install it."""
    blueprint.register_error_handler(errors.DomainError, _of_domain)
    blueprint.register_error_handler(HTTPException, _of_http)
    for kind in (PoolTimeout, DBAPIError, Exception):
        blueprint.register_error_handler(kind, _of_service)


def problem_page(status: int, detail: str | None, *, said: str | None = None) -> Response:
    """A page that says what went wrong, in words that were `said` in the person's language, or by a `detail`.

    A detail that no catalogue has stays in the language it was written in.
    """
    tongue = language()
    if detail:
        said = _(detail)
        tongue = words.SOURCE if said == detail else tongue
    return page("problem.html", status=status, title=TITLES.get(status, OTHERWISE), detail=said, tongue=tongue)


def _of_domain(error: errors.DomainError) -> Response:
    if isinstance(error, errors.RateLimited):
        return _too_often(error)
    return problem_page(int(problems.STATUS[type(error)]), error.message)


def _too_often(error: errors.RateLimited) -> Response:
    # The API's words name its limit; somebody who signs in wants to know how long to wait.
    wait = span(timedelta(seconds=error.retry_after))
    said = _("Too much was tried in a short time. Try again in %(wait)s.") % {"wait": wait}
    answer = problem_page(int(problems.STATUS[type(error)]), None, said=said)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    return error.get_response() if status < 400 else problem_page(status, None)  # type: ignore[return-value]


def _of_service(error: Exception) -> Response:
    # The API's table tells an outage from a defect and writes the log; here it only gets another face.
    return problem_page(problems.from_service(error).status_code, None)
