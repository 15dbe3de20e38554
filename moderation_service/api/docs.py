"""The OpenAPI document, made from the schemas that check the requests, and a page to read it offline."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template

from moderation_service.api.problems import ProblemApi
from moderation_service.api.recognition import for_anybody

INFO: dict[str, Any] = {
    "description": "Readers' flags in, moderators' decisions applied to the content store and read back. "
    "Every error is problem details (RFC 9457).",
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
# Everything comes from here; Swagger UI draws its icons from data: and sets styles from its script.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint(
    "docs", __name__, static_folder="static", static_url_path="/docs/static", template_folder="templates"
)


@blueprint.get("/docs")
@for_anybody
def page() -> Response:
    """The API, to read and to try."""
    answer = make_response(render_template("docs.html"))
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return answer


@blueprint.get("/")
@for_anybody
def front() -> dict[str, Any]:
    """Where things are, for somebody who opens the bare address."""
    return {"service": "moderation-service", "docs": "/docs", "openapi": "/openapi.json", "ready": "/readyz"}


def register(api: ProblemApi) -> None:
    """Name the two ways to show who one is."""
    bearer = {"type": "http", "scheme": "bearer"}
    api.spec.components.security_scheme("siteKey", bearer | {"description": "A site's publishable or secret key."})
    api.spec.components.security_scheme("moderatorToken", bearer | {"description": "A session or a personal token."})
