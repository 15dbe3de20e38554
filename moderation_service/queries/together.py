"""Several cases side by side: of each, all that it takes to decide it beside the others, in little room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import Role
from moderation_service.queries.news import clause_news
from moderation_service.queries.said import decided_before, said_of_cases
from moderation_service.queries.worklist import COUNTED_MOST, queue_rows
from moderation_service.sites.people import Person

PARTS_MOST = 3
QUOTATIONS_MOST = 5
COMMENTS_MOST = 2
COMMENT_LONGEST = 300

# Of an article of which no part was flagged, the first paragraph; a flagged part that is gone has no text.
_PARTS = text("""
SELECT wanted.case_id, coalesce(found.part, jsonb_build_object('id', wanted.part, 'kind', 'gone', 'text', '')) AS part
FROM unnest(CAST(:cases AS bigint[]), CAST(:parts AS text[])) WITH ORDINALITY AS wanted (case_id, part, place)
JOIN cases ON cases.id = wanted.case_id
JOIN articles ON articles.id = cases.article_id
JOIN article_revisions revision
    ON revision.article_id = articles.id AND revision.number = articles.current_revision
LEFT JOIN LATERAL (
    SELECT element.part FROM jsonb_array_elements(revision.parts) AS element (part)
    WHERE element.part ->> 'id' = wanted.part
       OR (wanted.part IS NULL AND element.part ->> 'kind' = 'paragraph') LIMIT 1
) AS found ON true
WHERE wanted.part IS NOT NULL OR found.part IS NOT NULL ORDER BY wanted.place
""")

# Each flag is in both sets, so parts stand in the order of all that was flagged of them.
_SAID = text("""
SELECT cases.id AS case_id, flags.part, flags.reason, flags.quotation, grouping(flags.reason) AS of_quotation,
       count(*) AS flags
FROM cases CROSS JOIN LATERAL (
    SELECT part, reason, quotation FROM flags WHERE flags.article_id = cases.article_id
        AND flags.case_id = cases.id AND flags.withdrawn_at IS NULL AND part IS NOT NULL LIMIT :most
) AS flags
WHERE cases.id = ANY (:cases)
GROUP BY GROUPING SETS ((cases.id, flags.part, flags.reason), (cases.id, flags.part, flags.quotation))
ORDER BY sum(count(*)) OVER (PARTITION BY cases.id, flags.part) DESC, flags DESC, flags.reason, flags.part
""")

_RECORDS = text("""
SELECT asked.case_id, sum(upheld) AS upheld, sum(upheld + rejected) AS decided,
       count(*) FILTER (WHERE trusted) AS trusted,
       count(*) FILTER (WHERE muted IS NOT NULL) AS muted,
       count(*) FILTER (WHERE upheld + rejected = 0 AND muted IS NULL AND NOT trusted) AS unknown
FROM unnest(CAST(:cases AS bigint[])) AS asked (case_id)
CROSS JOIN LATERAL (
    SELECT voices.reporter FROM voices
    WHERE voices.case_id = asked.case_id AND standing NOT IN ('withdrawn', 'late') LIMIT :most
) AS voice
JOIN reporters ON reporters.reporter = voice.reporter
GROUP BY asked.case_id
""")

_IMAGES = text("""
SELECT cases.id, revision.images, revision.language FROM cases
JOIN articles ON articles.id = cases.article_id
JOIN article_revisions revision
    ON revision.article_id = articles.id AND revision.number = articles.current_revision
WHERE cases.id = ANY (:cases) AND revision.images IS NOT NULL
""")

_PROPOSED = text("""
SELECT proposals.*, cases.site_id, moderators.display_name AS by FROM proposals
JOIN cases ON cases.id = proposals.case_id
JOIN articles ON articles.id = cases.article_id AND articles.current_revision = proposals.revision
JOIN moderators ON moderators.id = proposals.moderator_id
WHERE proposals.case_id = ANY (:cases)
""")

_COMMENTS = text("""
SELECT cases.id AS case_id, flags.comment
FROM cases CROSS JOIN LATERAL (
    SELECT id, left(comment, :longest) AS comment FROM flags WHERE flags.article_id = cases.article_id
        AND flags.case_id = cases.id AND withdrawn_at IS NULL AND comment IS NOT NULL ORDER BY id DESC LIMIT :most
) AS flags
WHERE cases.id = ANY (:cases) ORDER BY flags.id DESC
""")


def cases_together(session: Session, case_ids: Sequence[int], person: Person) -> list[dict[str, Any]]:
    """Those of these cases that are on a person's sites, in this order: each as the queue has it, and its evidence.

    `parts` are those flagged most, with what is said of each in `said`; `records` sums up what is known of its readers;
    `images` are those of its article, in its `language`, and `proposal` is what waits for a second person, with `news`.
    As in the queue, the first 1,000 flags of a case are looked at.
    """
    rows = queue_rows(session, case_ids, sites=person.sites)
    ids = [row["id"] for row in rows]
    told, before = said_of_cases(session, ids), decided_before(session, ids)
    said = _said(session, ids)
    parts, comments = _parts(session, said), _comments(session, ids)
    records = {row["case_id"]: dict(row) for row in session.execute(_RECORDS, _bounded(ids)).mappings()}
    pictured = {
        row.id: {"images": row.images, "language": row.language} for row in session.execute(_IMAGES, {"cases": ids})
    }
    proposals = {
        row["case_id"]: dict(row) | {"news": clause_news(session, row["site_id"], row["clause"], row["policy_id"])}
        for row in session.execute(_PROPOSED, {"cases": ids}).mappings()
    }
    return [
        row
        | pictured.get(row["id"], {"images": [], "language": None})
        | {
            "told": told[row["id"]],
            "said": said[row["id"]],
            "parts": parts[row["id"]],
            "comments": comments[row["id"]],
            "records": records.get(row["id"]),
            "before": before.get(row["id"]),
            "proposal": proposals.get(row["id"]),
            "may_decide": person.may(Role(row["needs_role"]), row["site_id"]),
        }
        for row in rows
    ]


def _said(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, dict[str, list[dict[str, Any]]]]]:
    """By case and part of its article, those flagged most first: reasons, and the words quoted most."""
    said: dict[int, dict[str, dict[str, list[dict[str, Any]]]]] = {case_id: {} for case_id in case_ids}
    for row in session.execute(_SAID, _bounded(case_ids)):
        part = said[row.case_id].setdefault(row.part, {"reasons": [], "quotations": []})
        if not row.of_quotation:
            part["reasons"].append({"reason": row.reason, "flags": row.flags})
        elif row.quotation is not None and len(part["quotations"]) < QUOTATIONS_MOST:
            part["quotations"].append(row.quotation | {"flags": row.flags})
    return said


def _parts(session: Session, said: Mapping[int, Mapping[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    wanted = [(case, part) for case, parts in said.items() for part in islice(parts or (None,), PARTS_MOST)]
    bound = {"cases": [case for case, _ in wanted], "parts": [part for _, part in wanted]}
    found: dict[int, list[dict[str, Any]]] = {case: [] for case in said}
    for case, part in session.execute(_PARTS, bound):
        found[case].append(part)
    return found


def _comments(session: Session, case_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {case: [] for case in case_ids}
    bound = {"cases": list(case_ids), "longest": COMMENT_LONGEST, "most": COMMENTS_MOST}
    for case, comment in session.execute(_COMMENTS, bound):
        found[case].append(comment)
    return found


def _bounded(case_ids: Sequence[int]) -> dict[str, Any]:
    return {"cases": list(case_ids), "most": COUNTED_MOST}
