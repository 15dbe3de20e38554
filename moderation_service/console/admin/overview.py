"""The overview: what waits for somebody to look after it."""

from __future__ import annotations

from flask import Response

from moderation_service import queries
from moderation_service.api.current import person, transaction
from moderation_service.console.admin.common import admin_page
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.policy.vocabulary import Role


@blueprint.get("/admin")
@signed_in(Role.SENIOR)
def admin() -> Response:
    """What needs attention on the sites where one is a senior or an admin."""
    with transaction() as session:
        waits, state = queries.to_look_after(session, person()), queries.trail_state(session)
    return admin_page("overview.html", waits=waits, state=state)
