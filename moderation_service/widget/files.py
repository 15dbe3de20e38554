"""The static files of the readers' pages."""

from __future__ import annotations

from flask import Response, send_from_directory

from moderation_service.api.recognition import for_anybody
from moderation_service.widget.assets import STATIC
from moderation_service.widget.blueprint import blueprint


@blueprint.get("/widget/static/<digest>/<path:filename>")
@for_anybody
def static(digest: str, filename: str) -> Response:  # noqa: ARG001 (`blueprint.secure` looks at it)
    """A file; under an old digest too, for pages that were loaded before a change."""
    return send_from_directory(STATIC, filename)
