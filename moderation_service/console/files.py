"""The console's static files, for everybody."""

from __future__ import annotations

from flask import Response, send_from_directory

from moderation_service.api.recognition import for_anybody
from moderation_service.console.assets import STATIC
from moderation_service.console.blueprint import blueprint


@blueprint.get("/static/<digest>/<path:filename>")
@for_anybody
def static(digest: str, filename: str) -> Response:  # noqa: ARG001 (`headers.secure` looks at it)
    """A file; under an old digest too, for pages that were loaded before a change."""
    return send_from_directory(STATIC, filename)
