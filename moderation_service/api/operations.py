"""For operators and their machines: is it alive, is it fit, what are its numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from moderation_service.api import metrics
from moderation_service.api.current import services, transaction
from moderation_service.api.problems import problem
from moderation_service.api.recognition import for_anybody
from moderation_service.intake.service import oldest_untriaged

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
@for_anybody
def alive() -> dict[str, str]:
    """The process runs."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@for_anybody
def ready() -> Any:
    """Flags can be recorded, and are being triaged."""
    try:
        with transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = '3s'"))
            waited = oldest_untriaged(session)
    except DBAPIError:
        return problem(503, "The database does not answer")
    limit = timedelta(seconds=services().settings.triage_stale_seconds)
    if waited is not None and waited > limit:
        return problem(503, f"The oldest flag has waited {waited.total_seconds():.0f} s for triage")
    return {"status": "ready", "oldest_untriaged_seconds": waited.total_seconds() if waited else 0}


@blueprint.get("/metrics")
@for_anybody
def scrape() -> Response:
    """Prometheus' text format."""
    with transaction() as session:
        body = metrics.scrape(session, services().settings.metrics_dir)
    return Response(body, content_type="text/plain; version=0.0.4; charset=utf-8")
