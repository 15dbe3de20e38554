"""Cross-origin requests: answered for exact origins only, and only on the routes that readers' browsers use."""

from __future__ import annotations

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from moderation_service.api.current import services

PREFIXES = ("/v1/flags", "/v1/legal-notices")
ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "600",
}
EXPOSED = "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"


def register(app: Flask) -> None:
    """Install it."""
    app.before_request(_preflight)
    app.after_request(_allow)


def _preflight() -> Response | None:
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not asks or not request.path.startswith(PREFIXES):
        return None
    origin = request.headers.get("Origin", "")
    answer = Response(status=204)
    # A preflight carries no key: any site's origin may ask, the request itself is then held to its own site's.
    if services().origin_is_known(origin):
        answer.headers.update(ALLOWED)
        answer.headers["Access-Control-Allow-Origin"] = origin
    answer.vary.add("Origin")
    return answer


def _allow(answer: Response) -> Response:
    if request.method != "OPTIONS" and request.path.startswith(PREFIXES):
        origin = request.headers.get("Origin")
        key = g.get("site_key")
        # Without a recognised key the browser must still read why: errors hold nothing of the site's.
        if origin and (origin in key.origins if key else _is_known(origin)):
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Expose-Headers"] = EXPOSED
        answer.vary.add("Origin")
    return answer


def _is_known(origin: str) -> bool:
    # Here an answer is on its way, perhaps the one that the database is away: nothing may take its place.
    try:
        return services().origin_is_known(origin)
    except SQLAlchemyError:
        return False
