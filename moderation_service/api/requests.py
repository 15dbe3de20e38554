"""What holds for every request: an id, a line in the log, valid text in its path, and plain security headers."""

from __future__ import annotations

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
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


# Bytes of a body, where the usual limit is too small; flag by flag or part by part the schemas have theirs.
LARGE_BODIES = {"articles.put": 4 * 1024 * 1024, "flags.submit_batch": 4 * 1024 * 1024}


def register(app: Flask) -> None:
    """Install it."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.endpoint in LARGE_BODIES:
        request.max_content_length = LARGE_BODIES[request.endpoint]
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
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer
