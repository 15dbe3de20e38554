"""The audit trail: who did what, when, and up to where its chain was verified."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person, transaction
from moderation_service.audit import verification
from moderation_service.console.admin.asked import choices_of_sites, kept, own_sites
from moderation_service.console.admin.common import admin_page
from moderation_service.console.admin.trail_words import ACTIONS
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import NO_MOMENT, cursor, moment_of, plain
from moderation_service.console.desk.still import unless_known
from moderation_service.console.desk.vocabulary import ROLES
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import _, zone
from moderation_service.csv_text import Cell, as_csv
from moderation_service.errors import Invalid, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.queries import TrailFilter
from moderation_service.sites import people

ROWS = 50
EXPORTED_MOST = 50_000
FILTERS = ("actor", "action", "subject", "site", "since", "until")
COLUMNS = ("at", "actor", "actor_name", "action", "subject", "subject_name", "site", "detail", "lane", "seq", "hash")


@blueprint.get("/admin/trail")
@signed_in(Role.SENIOR)
def admin_trail() -> Response:
    """Entries, the newest first, on the sites where one is a senior."""
    with transaction() as session:
        found = queries.trail_page(session, _wanted(session), cursor=cursor(), limit=ROWS)
        context: dict[str, Any] = {
            "state": queries.trail_state(session),
            "sites": choices_of_sites(session, Role.SENIOR),
        }
    actions = sorted((_(words), action) for action, words in ACTIONS.items())
    return admin_page(
        "trail.html",
        found=found,
        asked=kept(*FILTERS),
        actions=[("", _("All")), *((action, words) for words, action in actions)],
        words=ACTIONS,
        roles=ROLES,
        exported_most=EXPORTED_MOST,
        **context,
    )


@blueprint.get("/admin/trail/live")
@signed_in(Role.SENIOR, quiet=True)
def admin_trail_live() -> Response:
    """How far the trail is verified; 304 while that is what the page has."""
    with transaction() as session:
        state = queries.trail_state(session)
    return unless_known(page("admin/trail_live.html", state=state))


@blueprint.get("/admin/trail.csv")
@signed_in(Role.SENIOR)
def admin_trail_csv() -> Response:
    """The same entries as a file, the first fifty thousand of them."""
    with transaction() as session:
        lines = as_csv(COLUMNS, _cells(queries.trail_rows(session, _wanted(session), most=EXPORTED_MOST)))
    headers = {"Content-Disposition": 'attachment; filename="audit-trail.csv"'}
    return Response(lines, content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.post("/admin/trail:verify")
@signed_in(Role.SENIOR)
def admin_verify_trail() -> Response:
    """Have a worker verify the chain; the page tells how far it is."""
    with transaction() as session:
        verification.ask(session, actor=person().actor)
    flash("done", _("A worker verifies the trail now."))
    return back_to("console.admin_trail")


def _wanted(session: Session) -> TrailFilter:
    return TrailFilter(
        sites=own_sites(session, Role.SENIOR),
        actor=_actor(session, plain("actor")),
        action=plain("action") or None,
        subject=plain("subject") or None,
        since=_moment("since"),
        until=_moment("until"),
    )


def _moment(name: str) -> datetime | None:
    """A moment in the address; None where there is none.

    Raises:
        Invalid: what is there is no moment, and would filter nothing.
    """
    typed = plain(name)
    read = moment_of(typed, zone() or UTC)
    if typed and read is None:
        raise Invalid(NO_MOMENT, field=name)
    return read


def _actor(session: Session, typed: str) -> str | None:
    """The actor as the trail names him: of a user name, that moderator; else what was typed."""
    if not typed:
        return None
    try:
        return f"moderator:{people.moderator_by_name(session, typed).id}"
    except NotFound:
        return typed


def _cells(rows: Iterator[dict[str, Any]]) -> Iterator[list[Cell]]:
    for row in rows:
        written = row | {
            "at": row["at"].isoformat(),
            "detail": json.dumps(row["detail"], ensure_ascii=False, sort_keys=True),
            "hash": row["hash"].hex(),
        }
        yield [written[column] for column in COLUMNS]
