"""The headers of every answer of the console."""

from __future__ import annotations

from flask import Response, request

from moderation_service.api.static_files import FOREVER
from moderation_service.console.assets import digest

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # With `no-referrer` browsers send `Origin: null` with our own forms, and `csrf.check` could not tell them apart.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def secure(answer: Response) -> Response:
    """Set those that the view did not.

    A static file asked for by the digest there is never changes, and pages are kept by nobody.
    """
    for name, value in SECURITY_HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.endpoint != "console.static":
        answer.headers.setdefault("Cache-Control", "no-store")
    elif answer.status_code == 200 and (request.view_args or {})["digest"] == digest():
        answer.headers["Cache-Control"] = FOREVER
    return answer
