"""Why a rule fired on a case, or why not: each of its conditions with what it asks for and what it sees now."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import queries, rulebook
from moderation_service.api.current import person, transaction
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import plain
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import page
from moderation_service.console.rules import sentence, vocabulary


@blueprint.get("/cases/<row:case_id>/why")
@signed_in
def why(case_id: int) -> Response:
    """The rules that look at the case's site to choose from; the chosen one's conditions as the tree they are."""
    name, slug = plain("rule", longest=63), plain("site", longest=63) or None
    with transaction() as session:
        case = queries.case_for(session, case_id, person())
        rules = queries.rule_rows(session, sites=[case.site_id])
        context = _asked(session, case_id, name, slug) if name else {}
    return page(
        "rules/why.html",
        case_id=case_id,
        rules=rules,
        chosen=(name, slug),
        sentence=sentence,
        words=vocabulary,
        **context,
    )


def _asked(session: Session, case_id: int, name: str, slug: str | None) -> dict[str, Any]:
    """What the chosen rule makes of the case; what each part of its conditions sees, by its place."""
    entry = rulebook.rule_of(session, person(), name, slug)
    found = queries.rule_on_case(session, entry, case_id, sites=person().sites)
    return {
        "found": found,
        "document": queries.rule_detail(session, entry)["document"],
        "seen": {part["path"]: part for part in (*found["groups"], *found["facts"])},
    }
