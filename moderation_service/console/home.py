"""Where the console begins, and where every address leads that is none."""

from __future__ import annotations

from flask import Response

from moderation_service.api.recognition import for_anybody
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to
from moderation_service.console.words import later
from moderation_service.errors import NotFound

NOTHING_HERE = later("There is nothing at this address.")


@blueprint.get("/")
@signed_in
def home() -> Response:
    """The queue, which is what most people come for."""
    return back_to("console.queue")


@blueprint.get("/<path:address>")
@for_anybody
def nowhere(address: str) -> Response:  # noqa: ARG001 (Flask hands it over)
    """An address that is none: said on a page, as everything here."""
    raise NotFound(NOTHING_HERE)
