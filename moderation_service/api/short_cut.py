"""The short way to `POST /v1/flags`: an ordinary flag is recorded without the framework's machinery around it.

Recording a flag takes less than Flask's contexts, signals and header objects do. So a request that is in order in every
way is answered here, through the same schema, the same limits and the same gate as on Flask's route. Every other one,
and every refusal, goes on to that route as if this were not here, and is answered there, in words.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from marshmallow import ValidationError

from moderation_service.api import metrics
from moderation_service.api.cors import EXPOSED
from moderation_service.api.current import Services
from moderation_service.api.flag_schemas import FLAG
from moderation_service.api.idempotency import key_in
from moderation_service.api.requests import SECURITY_HEADERS, request_id
from moderation_service.api.submissions import network_of, receipt_of, submission_of
from moderation_service.errors import DomainError
from moderation_service.sites.service import SiteKey

PATH = "/v1/flags"
REFUSED = "moderation.refused"  # where Flask's route finds what this one met
PHRASES = {200: "200 OK", 202: "202 ACCEPTED"}

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class ShortCut:
    """A WSGI application in front of another, which answers whatever this one does not."""

    def __init__(self, app: Wsgi, services: Services, *, body_limit: int) -> None:
        self._app = app
        self._services = services
        self._body_limit = body_limit
        self._latency = metrics.LATENCY.labels(PATH)
        self._requests = {status: metrics.REQUESTS.labels("POST", PATH, status) for status in PHRASES}
        self._flags = {202: metrics.FLAGS.labels("new"), 200: metrics.FLAGS.labels("repeat")}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start_response)
        started = time.perf_counter()
        body = self._body(environ)
        site = self._site(environ) if body is not None else None
        if body is None or site is None:
            return self._app(environ, start_response)
        try:
            status, answer, headers = self._record(environ, body, site)
        except (ValueError, RecursionError, ValidationError):
            return self._app(environ, start_response)
        except DomainError as error:
            environ[REFUSED] = error
            return self._app(environ, start_response)
        self._latency.observe(time.perf_counter() - started)
        self._requests[status].inc()
        start_response(PHRASES[status], [("Content-Length", str(len(answer))), *headers])
        return [answer]

    def _body(self, environ: Environ) -> bytes | None:
        """The body, which whoever comes next can read again; None when it is not a plain JSON body."""
        length = environ.get("CONTENT_LENGTH") or ""
        plain = environ.get("CONTENT_TYPE") == "application/json" and not environ.get("QUERY_STRING")
        if not plain or not length.isdecimal() or int(length) > self._body_limit or "HTTP_TRANSFER_ENCODING" in environ:
            return None
        body: bytes = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        return body

    def _site(self, environ: Environ) -> SiteKey | None:
        """The key the request came with, when it is remembered and may be used for this, from there."""
        scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        site = self._services.recognise_key.remembered(secret) if scheme == "Bearer" else None
        if site is None or (site.kind == "publishable" and environ.get("HTTP_ORIGIN") not in site.origins):
            return None
        return site

    def _record(self, environ: Environ, body: bytes, site: SiteKey) -> tuple[int, bytes, list[tuple[str, str]]]:
        services, address = self._services, environ.get("REMOTE_ADDR")
        submission = submission_of(
            FLAG.load(_loaded(body)),
            sent=body,
            key=key_in(environ.get("HTTP_IDEMPOTENCY_KEY")),
            site=site,
            address=address,
            secret=services.settings.secret_key,
        )
        services.limits.count_arrivals(site, network_of(address), 1)
        left = services.limits.hit("reporter", submission.reporter.hex())
        recorded = services.gate.submit(submission)
        self._flags[recorded.status].inc()
        answer = json.dumps(receipt_of(recorded, services.settings.public_url)).encode()
        headers = [
            ("Content-Type", "application/json"),
            *left.headers,
            *_cors(environ.get("HTTP_ORIGIN"), site),
            ("X-Request-Id", request_id(environ.get("HTTP_X_REQUEST_ID"))),
            *SECURITY_HEADERS,
        ]
        return recorded.status, answer, headers


def _loaded(body: bytes) -> dict[str, Any]:
    flag = json.loads(body.decode())
    if not isinstance(flag, dict):
        raise ValueError("a flag is an object")
    return flag


def _cors(origin: str | None, site: SiteKey) -> list[tuple[str, str]]:
    vary = ("Vary", "Origin")
    if origin is None or origin not in site.origins:
        return [vary]
    return [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", EXPOSED), vary]
