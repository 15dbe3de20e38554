"""The queue, a page at a time, in its order, with what each row has to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.cases.models import MAIN_QUEUE
from moderation_service.queries.cursor import Page, decode, encode
from moderation_service.queries.places import priorities

# Counting stops here: a story flagged by a hundred thousand is listed as fast as any other.
COUNTED_MOST = 1000
# What no index serves is looked for among so many cases at a time, in the queue's order, however long the queue is.
LOOKED_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which cases; `sites` None means all of them. `held` is free, mine or any.

    `search` are words of a headline. No index serves them, nor a `reason` that few gave: of the cases that fit
    otherwise, `LOOKED_MOST` are looked through for each page.
    """

    sites: list[int] | None
    state: str = "open"
    reason: str | None = None
    escalated: bool | None = None
    queue: str | None = None
    held: str = "any"
    moderator_id: int = 0
    search: str | None = None


_ORDER = {
    "open": ("(- cases.escalation), (- cases.urgency), cases.opened_at, cases.id", (int, float, datetime, int)),
    "closed": ("cases.closed_at DESC, cases.id DESC", (datetime, int)),
}
_AFTER = {
    "open": "AND ((- cases.escalation), (- cases.urgency), cases.opened_at, cases.id)"
    " > (:after_0, :after_1, :after_2, :after_3)",
    "closed": "AND (cases.closed_at, cases.id) < (:after_0, :after_1)",
}
_HELD = {
    "any": "",
    "free": "AND NOT EXISTS (SELECT FROM claims c WHERE c.case_id = cases.id AND c.expires_at > now())",
    "mine": "AND EXISTS (SELECT FROM claims c WHERE c.case_id = cases.id AND c.expires_at > now()"
    " AND c.moderator_id = :moderator_id)",
}
# Site by site, so that each walk along an index stops after a page, however many cases other sites have. The limit is
# bound: knowing how few rows are wanted, the planner would rather walk the queue of all sites past those of others.
_ONE_SITE_EACH = """
SELECT cases.* FROM unnest(CAST(:sites AS int[])) AS mine (site_id)
CROSS JOIN LATERAL (SELECT * FROM cases WHERE cases.site_id = mine.site_id {conditions} ORDER BY {order} LIMIT :limit)
    AS cases
ORDER BY {order} LIMIT :limit
"""
# Here it is written out: only so is the plan kept, and not made anew for each page, which takes longer than the walk.
_EVERY_SITE = "SELECT cases.* FROM cases WHERE true {conditions} ORDER BY {order} LIMIT {limit}"
_LOOKED_FOR = {
    "reason": ":reason = ANY (cases.reasons)",
    "search": "EXISTS (SELECT FROM articles WHERE articles.id = cases.article_id"
    " AND strpos(lower(articles.title), lower(:search)) > 0)",
}
_FOUND = "SELECT * FROM ({walk}) AS cases WHERE {looked_for} ORDER BY {order} LIMIT {limit}"
_LOOKED_LAST = "SELECT * FROM ({walk}) AS cases ORDER BY {order} OFFSET {looked} LIMIT 1"

# Counting stops here: what is written beside a view.
CASES_COUNTED_MOST = 100
_COUNT = """
SELECT count(*) FROM (SELECT FROM cases WHERE true {scope} {conditions} LIMIT :limit) AS counted
"""
_NAMED = """
SELECT cases.id FROM cases
WHERE cases.id = ANY (:cases) AND (CAST(:sites AS int[]) IS NULL OR cases.site_id = ANY (:sites))
"""
_AS_NAMED = "array_position(CAST(:cases AS bigint[]), cases.id)"

# The page is chosen first, by its ids alone: joined in one go, the planner would rather walk the whole queue in order
# and look up each case's flags on the way.
_ROWS = """
WITH page AS MATERIALIZED (SELECT id FROM ({found}) AS found)
SELECT cases.*, sites.slug AS site, articles.external_id, articles.url, articles.title, articles.current_revision,
       revision.category, claims.moderator_id AS held_by_id, moderators.display_name AS held_by, claims.expires_at,
       EXISTS (SELECT FROM proposals WHERE proposals.case_id = cases.id
               AND proposals.revision = articles.current_revision) AS is_proposed,
       told.flags, told.reporters, told.last_flag_at
FROM page
JOIN cases ON cases.id = page.id
JOIN sites ON sites.id = cases.site_id
JOIN articles ON articles.id = cases.article_id
LEFT JOIN article_revisions revision
    ON revision.article_id = articles.id AND revision.number = articles.current_revision
LEFT JOIN claims ON claims.case_id = cases.id AND claims.expires_at > now()
LEFT JOIN moderators ON moderators.id = claims.moderator_id
CROSS JOIN LATERAL (
    SELECT count(*) AS flags, count(DISTINCT reporter) AS reporters, max(received_at) AS last_flag_at
    FROM (SELECT reporter, received_at FROM flags WHERE flags.article_id = cases.article_id
          AND flags.case_id = cases.id AND flags.withdrawn_at IS NULL LIMIT {most}) AS counted
) AS told
ORDER BY {order}
"""


def queue_page(session: Session, wanted: QueueFilter, *, cursor: str | None, limit: int) -> Page:
    """One page of open cases in the order they should be decided, or of closed ones, the last closed first.

    A page that is looked for (see `QueueFilter`) may be shorter than `limit`, or empty, and yet not the last one.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    order, types = _ORDER[wanted.state]
    looked_for = " AND ".join(words for name, words in _LOOKED_FOR.items() if getattr(wanted, name))
    conditions, parameters = conditions_of(replace(wanted, reason=None))
    if cursor is not None:
        conditions += " " + _AFTER[wanted.state]
        parameters |= {f"after_{place}": part for place, part in enumerate(decode(cursor, *types))}
    each = _EVERY_SITE if wanted.sites is None else _ONE_SITE_EACH
    parameters["limit"] = LOOKED_MOST if looked_for else limit + 1
    found = walk = each.format(conditions=conditions, order=order, limit=parameters["limit"])
    if looked_for:
        found = _FOUND.format(walk=walk, looked_for=looked_for, order=order, limit=limit + 1)
        parameters |= {"reason": wanted.reason, "search": wanted.search}
    # Put together of our own fragments; what callers sent is bound.
    statement = _ROWS.format(found=found, order=order, most=COUNTED_MOST)
    rows = session.execute(text(statement), parameters).mappings().all()
    places = priorities(session, [row["id"] for row in rows[:limit]])
    last = rows[limit - 1] if len(rows) > limit else None
    if looked_for and last is None:
        looked_last = text(_LOOKED_LAST.format(walk=walk, order=order, looked=LOOKED_MOST - 1))
        last = session.execute(looked_last, parameters).mappings().one_or_none()
    return Page([_row(row, places) for row in rows[:limit]], encode(_key(last, wanted.state)) if last else None)


def queue_rows(session: Session, case_ids: Sequence[int], *, sites: list[int] | None) -> list[dict[str, Any]]:
    """These cases as `queue_page` has them, in this order; those on other sites are left out (None: on none)."""
    # Put together of our own fragments; what callers sent is bound.
    statement = _ROWS.format(found=_NAMED, order=_AS_NAMED, most=COUNTED_MOST)
    rows = session.execute(text(statement), {"cases": list(case_ids), "sites": sites}).mappings().all()
    places = priorities(session, [row["id"] for row in rows])
    return [_row(row, places) for row in rows]


def queue_count(session: Session, wanted: QueueFilter) -> int | None:
    """How many cases fit, counted up to `CASES_COUNTED_MOST`; None where no index leads to them alone."""
    narrow = wanted.escalated or wanted.held == "mine" or wanted.queue not in (None, MAIN_QUEUE)
    if wanted.state != "open" or wanted.search or not narrow:
        return None
    conditions, parameters = conditions_of(wanted)
    scope = "" if wanted.sites is None else "AND cases.site_id = ANY (:sites)"
    # Put together of our own fragments; what callers sent is bound.
    counted = text(_COUNT.format(scope=scope, conditions=conditions))
    return int(session.execute(counted, parameters | {"limit": CASES_COUNTED_MOST}).scalar_one())


def conditions_of(wanted: QueueFilter) -> tuple[str, dict[str, Any]]:
    """A filter as conditions on `cases` that follow another one, and what they bind; `sites` is bound, not used."""
    parameters: dict[str, Any] = {"moderator_id": wanted.moderator_id}
    conditions = [f"AND cases.state = '{wanted.state}'", _HELD[wanted.held]]
    if wanted.reason is not None:
        conditions.append("AND :reason = ANY (cases.reasons)")
        parameters["reason"] = wanted.reason
    if wanted.escalated is not None:
        # In the words of the index: the walk along it ends where the lanes do.
        conditions.append("AND (- cases.escalation) < 0" if wanted.escalated else "AND (- cases.escalation) = 0")
    if wanted.queue is not None:
        # The second condition lets a small queue be walked along its own index.
        conditions.append(
            "AND cases.queue = :queue" + (" AND cases.queue <> 'main'" if wanted.queue != MAIN_QUEUE else "")
        )
        parameters["queue"] = wanted.queue
    if wanted.sites is not None:
        parameters["sites"] = wanted.sites
    return " ".join(conditions), parameters


def _key(row: Any, state: str) -> tuple[Any, ...]:
    if state == "open":
        return (-row["escalation"], -row["urgency"], row["opened_at"], row["id"])
    return (row["closed_at"], row["id"])


def _row(row: Any, places: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    held = {"by": row["held_by"], "moderator_id": row["held_by_id"], "until": row["expires_at"]}
    return {
        "id": row["id"],
        "site": row["site"],
        "site_id": row["site_id"],
        "state": row["state"],
        "version": row["version"],
        **places[row["id"]],
        "queue": row["queue"],
        "needs_role": row["needs_role"],
        "needs_second": row["needs_second"],
        "is_proposed": row["is_proposed"],
        "deadline_at": row["deadline_at"],
        "reasons": row["reasons"],
        "opened_at": row["opened_at"],
        "closed_at": row["closed_at"],
        "article": {
            "external_id": row["external_id"],
            "url": row["url"],
            "title": row["title"],
            "category": row["category"],
            "revision": row["current_revision"],
        },
        "flags": row["flags"],
        "reporters": row["reporters"],
        "counted_up_to": COUNTED_MOST,
        "last_flag_at": row["last_flag_at"],
        "held": held if row["held_by_id"] is not None else None,
    }
