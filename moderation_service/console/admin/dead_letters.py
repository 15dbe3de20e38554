"""What was given up on: decisions that no content store would apply, mails and webhooks that nobody would take."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import dead_letters as letters
from moderation_service import queries
from moderation_service.api.current import person, transaction
from moderation_service.console.admin.asked import choices_of_sites, kept, own_sites
from moderation_service.console.admin.common import admin_page
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import cursor, plain
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _, ngettext
from moderation_service.dead_letters import Kind
from moderation_service.errors import Conflict, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.queries import Page

ROWS = 50
KINDS = {"orders": letters.ORDERS, "notices": letters.NOTICES}
FILTERS = ("site", "saying")


@blueprint.get("/admin/dead-letters")
@signed_in(Role.SENIOR)
def admin_dead_letters() -> Response:
    """What waits for somebody to try it again, oldest first."""
    shown = plain("kind") if plain("kind") in KINDS else "orders"
    with transaction() as session:
        sites, saying = own_sites(session, Role.SENIOR), plain("saying")
        context: dict[str, Any] = {
            "counts": {
                name: queries.count_dead(session, kind.table, sites=sites, saying=saying)
                for name, kind in KINDS.items()
            },
            "found": _page_of(session, shown, sites, saying),
            "sites": choices_of_sites(session, Role.SENIOR),
        }
    return admin_page("dead_letters.html", shown=shown, asked=kept(*FILTERS), **context)


@blueprint.post("/admin/dead-letters/<slug:kind>/<row:row_id>:replay")
@signed_in(Role.SENIOR)
def admin_replay(kind: str, row_id: int) -> Response:
    """Try one again, with all its tries."""
    try:
        with transaction() as session:
            letters.replay(session, _kind(kind), row_id, person())
        flash("done", _("It is tried again."))
    except Conflict:
        flash("note", _("Somebody had it tried again before you."))
    return back_to("console.admin_dead_letters", kind=kind, **kept(*FILTERS))


@blueprint.post("/admin/dead-letters/<slug:kind>:replay-all")
@signed_in(Role.SENIOR)
def admin_replay_all(kind: str) -> Response:
    """Try all again that the filters leave."""
    with transaction() as session:
        sites, saying = own_sites(session, Role.SENIOR), plain("saying")
        count = letters.replay_all(session, _kind(kind), sites=sites, actor=person().actor, saying=saying)
    flash("done", ngettext("%(n)s is tried again.", "%(n)s are tried again.", count) % {"n": count})
    return back_to("console.admin_dead_letters", kind=kind, **kept(*FILTERS))


def _page_of(session: Session, kind: str, sites: list[int] | None, saying: str) -> Page:
    if kind == "orders":
        return queries.dead_letter_page(session, sites=sites, cursor=cursor(), limit=ROWS, saying=saying)
    return queries.notice_page(session, sites=sites, state="dead", cursor=cursor(), limit=ROWS, saying=saying)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NotFound("There is no such kind")
    return KINDS[name]
