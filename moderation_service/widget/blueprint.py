"""The readers' pages: what holds for all of them hangs on this blueprint."""

from __future__ import annotations

from flask import Blueprint, Response, request

from moderation_service.api.static_files import FOREVER
from moderation_service.widget import failures
from moderation_service.widget.assets import digest

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    # A receipt in an address is somebody's: no other site and no search engine shall learn it.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

FORMS = {"readers.flag", "readers.legal"}

# They know nobody by a cookie, so that no form of another site can act in somebody's name.
blueprint = Blueprint("readers", __name__, template_folder="templates")
failures.register(blueprint)


@blueprint.after_request
def secure(answer: Response) -> Response:
    """Set the headers of every answer; a stylesheet asked for by the digest there is never changes."""
    answer.headers.update(SECURITY_HEADERS)
    if request.endpoint in FORMS and request.method == "GET":
        # Who comes back to it after an answer that got lost finds the same form, which gives no second flag.
        answer.headers["Cache-Control"] = "private, no-cache"
    elif request.endpoint != "readers.static":
        answer.headers["Cache-Control"] = "no-store"
    elif answer.status_code == 200 and (request.view_args or {})["digest"] == digest():
        answer.headers["Cache-Control"] = FOREVER
    return answer
