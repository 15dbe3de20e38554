"""What holds for every request: an id, a line in the log, valid text in its path, and plain security headers."""

from __future__ import annotations

import itertools
import re
import time
import uuid

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest

from moderation_service.api import metrics
from moderation_service.articles.content import text_fault

log = structlog.get_logger()

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECURITY_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    (
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]
# Unique without asking the system for random bytes at each request: a random start, and a count.
_PROCESS = uuid.uuid4().hex[:24]
_numbers = itertools.count()

# Bytes of a body, where the usual limit is too small; flag by flag or part by part the schemas have theirs.
LARGE_BODIES = {
    "articles.put": 4 * 1024 * 1024,
    "flags.submit_batch": 4 * 1024 * 1024,
    "reach.put_batch": 512 * 1024,
    # As many clauses as a policy may have, of the longest text, in the escapes of a form.
    "console.admin_write_house_policy": 4 * 1024 * 1024,
    "console.admin_write_policy": 4 * 1024 * 1024,
    # The longest texts, each character as a form writes it: up to twelve bytes.
    "readers.send_flag": 256 * 1024,
    "readers.send_legal_notice": 2 * 1024 * 1024,
}


def register(app: Flask) -> None:
    """Install it."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id(sent: str | None) -> str:
    """The id of a request: the caller's own, when it is a plain word, else a new one."""
    if sent is not None and REQUEST_ID.fullmatch(sent):
        return sent
    return f"{_PROCESS}{next(_numbers):08x}"


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = request_id(request.headers.get("X-Request-Id"))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.endpoint in LARGE_BODIES:
        request.max_content_length = request.max_form_memory_size = LARGE_BODIES[request.endpoint]
    for words in (request.path, *request.args.keys(), *request.args.values()):
        fault = text_fault(words)
        if fault is not None or "�" in words:
            raise BadRequest(f"The address {fault or 'is not valid UTF-8'}.")


def _end(answer: Response) -> Response:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    # The rule, not the path: paths carry receipts, which are somebody's.
    route = request.url_rule.rule if request.url_rule else "(none)"
    # Only methods that somebody defined: a caller who makes up more would fill the memory with counters.
    method = request.method if request.method in METHODS else "(other)"
    metrics.REQUESTS.labels(method, route, answer.status_code).inc()
    metrics.LATENCY.labels(route).observe(seconds)
    log.debug("request", method=request.method, route=route, status=answer.status_code, ms=round(seconds * 1000, 1))
    answer.headers["X-Request-Id"] = g.get("request_id", "")
    for name, value in SECURITY_HEADERS:
        answer.headers.setdefault(name, value)
    return answer
