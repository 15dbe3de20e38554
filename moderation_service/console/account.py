"""A person's own page: who he is here, and how he likes to work."""

from __future__ import annotations

from flask import Response

from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import page


@blueprint.get("/account")
@signed_in
def account() -> Response:
    """Oneself."""
    return page("account.html")
