"""The facts of many cases at once, as of now: read set by set, and only what the rules at hand ask for.

First what is written down of a case (`outlines`), then, only where it can still matter, its flags (`with_flags`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage import terms
from moderation_service.triage.rules.facts import MOST_FLAGS, CaseFacts, FlagFact

PAST_FIELDS = frozenset({"repeat_flags", "takedowns", "clears"})
SOURCE_FIELDS = frozenset({"source_takedowns", "source_clears"})
MOST_WALKED = 4 * MOST_FLAGS  # flags of an article; those of its earlier cases are passed over on the way

# From the moment on, the columns stand in the order of `CaseFacts`: five thousand cases are read at a time.
# The moment of the batch is asked for once in each statement; bare, the function would be run for each row.
CASES = text("""
SELECT cases.id, cases.site_id, cases.article_id, cases.version, cases.state = 'open', (SELECT batch_now()),
       cases.reasons, coalesce(severity_set, severity), revision.category, articles.origin, revision.language,
       (SELECT batch_now()) - least(articles.created_at, revision.published_on::timestamptz),
       cases.views, cases.velocity, cases.reach, cases.chance, cases.urgency, cases.voices
FROM cases
JOIN articles ON articles.id = cases.article_id
LEFT JOIN article_revisions revision
    ON revision.article_id = articles.id AND revision.number = articles.current_revision
WHERE cases.id = ANY (:cases)
ORDER BY cases.id
""")

# What was triaged before readers were weighed weighs nothing, and its reader was new. What a reader said who was muted
# then is kept, but no rule counts it.
FLAGS = text("""
SELECT wanted.case_id, newest.*
FROM unnest(CAST(:cases AS bigint[]), CAST(:articles AS bigint[]), CAST(:windows AS interval[]))
    AS wanted (case_id, article_id, span)
CROSS JOIN LATERAL (
    SELECT reporter, reason, received_at, coalesce(weight, 0), coalesce(reporter_upheld, 0),
           coalesce(reporter_rejected, 0), coalesce(reporter_fresh, false), reporter_trusted
    FROM (SELECT * FROM flags WHERE article_id = wanted.article_id ORDER BY id DESC LIMIT :walked) AS walked
    WHERE walked.case_id = wanted.case_id AND withdrawn_at IS NULL AND NOT reporter_muted
    ORDER BY id DESC LIMIT :most
) AS newest
WHERE newest.received_at > (SELECT batch_now()) - wanted.span
ORDER BY wanted.case_id, newest.received_at
""")

TRUSTED = text("""
SELECT DISTINCT wanted.case_id
FROM unnest(CAST(:cases AS bigint[]), CAST(:articles AS bigint[])) AS wanted (case_id, article_id)
JOIN flags USING (case_id, article_id)
WHERE flags.reporter_trusted AND flags.withdrawn_at IS NULL
""")

PAST = text("""
SELECT wanted.case_id, count(*) FILTER (WHERE verdict.action = 'takedown') AS takedowns,
       count(*) FILTER (WHERE verdict.action = 'clear') AS clears,
       coalesce(sum(later.flags) FILTER (WHERE verdict.action = 'clear'), 0)::int AS repeat_flags
FROM unnest(CAST(:cases AS bigint[]), CAST(:articles AS bigint[])) AS wanted (case_id, article_id)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (case_id) case_id, action, decided_at FROM decisions
    WHERE decisions.article_id = wanted.article_id ORDER BY case_id, id DESC
) AS verdict
CROSS JOIN LATERAL (
    SELECT count(*) AS flags
    FROM (SELECT * FROM flags WHERE article_id = wanted.article_id ORDER BY id DESC LIMIT :walked) AS walked
    WHERE walked.case_id = verdict.case_id AND verdict.case_id <> wanted.case_id
      AND received_at > verdict.decided_at AND withdrawn_at IS NULL AND NOT reporter_muted
) AS later
GROUP BY wanted.case_id
""")

# By the category that the article had when it was decided.
SOURCE = text("""
SELECT decisions.site_id, revision.category, count(*) FILTER (WHERE action = 'takedown') AS takedowns,
       count(*) FILTER (WHERE action = 'clear') AS clears
FROM decisions
JOIN article_revisions revision
    ON revision.article_id = decisions.article_id AND revision.number = decisions.revision
WHERE decisions.site_id = ANY (:sites) AND decided_at > (SELECT batch_now()) - interval '30 days'
  AND revision.category = ANY (:categories)
GROUP BY decisions.site_id, revision.category
""")


@dataclass(frozen=True, slots=True)
class Outline:
    """A case with its facts, but none of its flags."""

    case_id: int
    site_id: int
    article_id: int
    version: int
    is_open: bool
    facts: CaseFacts


def gather(session: Session, windows: Mapping[int, timedelta], *, fields: Collection[str]) -> dict[int, CaseFacts]:
    """By case, its facts at this batch's moment; a case that does not exist is left out.

    `windows` says for each case how far back its flags are looked at (zero: not at all); `fields` as in `outlines`.
    """
    return with_flags(session, outlines(session, list(windows), fields=fields), windows)


def outlines(session: Session, case_ids: Sequence[int], *, fields: Collection[str]) -> list[Outline]:
    """These cases without their flags; one that does not exist is left out.

    `fields` are those that the rules at hand test: earlier decisions are counted only for rules that ask for them, and
    are 0 for others.
    """
    rows = session.execute(CASES, {"cases": case_ids}).all()
    past = _past(session, rows, fields) if PAST_FIELDS.intersection(fields) else {}
    source = _source(session, rows) if SOURCE_FIELDS.intersection(fields) else {}
    in_force = terms.in_force(session, {row.site_id for row in rows})
    full_weights = {site_id: known.full_weight for site_id, known in in_force.items()}
    return [
        _outline(
            row,
            full_weights[row.site_id],
            past.get(row.id, (0, 0, 0)),
            source.get((row.site_id, row.category), (0, 0)),
        )
        for row in rows
    ]


def _outline(row: Any, full_weight: float, past: tuple[int, int, int], source: tuple[int, int]) -> Outline:
    case_id, site_id, article_id, version, is_open, now, reasons, *terms_of_case = row
    facts = CaseFacts(now, (), full_weight, frozenset(reasons), *(*terms_of_case, *past, *source))
    return Outline(case_id, site_id, article_id, version, is_open, facts)


def trusted(session: Session, cases: Sequence[Outline]) -> frozenset[int]:
    """Those of these cases in which a flag stands whose reader was trusted when he gave it."""
    return frozenset(session.scalars(TRUSTED, _which(cases)))


def with_flags(session: Session, cases: Sequence[Outline], windows: Mapping[int, timedelta]) -> dict[int, CaseFacts]:
    """By case, its facts with the flags of its window, for those of the cases that have one in `windows`."""
    wanted = [case for case in cases if case.case_id in windows]
    flags = _flags(session, [case for case in wanted if windows[case.case_id]], windows)
    return {
        case.case_id: replace(case.facts, flags=flags[case.case_id]) if case.case_id in flags else case.facts
        for case in wanted
    }


def _which(cases: Sequence[Outline]) -> dict[str, Any]:
    return {"cases": [case.case_id for case in cases], "articles": [case.article_id for case in cases]}


def _flags(session: Session, cases: Sequence[Outline], windows: Mapping[int, timedelta]) -> dict[int, list[FlagFact]]:
    if not cases:
        return {}
    parameters = _which(cases) | {
        "windows": [windows[case.case_id] for case in cases],
        "most": MOST_FLAGS,
        "walked": MOST_WALKED,
    }
    flags: defaultdict[int, list[FlagFact]] = defaultdict(list)
    for case_id, *flag in session.execute(FLAGS, parameters):
        flags[case_id].append(FlagFact(*flag))
    return flags


def _past(session: Session, cases: Sequence[Any], fields: Collection[str]) -> dict[int, tuple[int, int, int]]:
    """By case: flags that came to earlier, cleared cases of the article since; takedowns; clears."""
    parameters = {
        "cases": [case.id for case in cases],
        "articles": [case.article_id for case in cases],
        "walked": MOST_WALKED if "repeat_flags" in fields else 0,
    }
    rows = session.execute(PAST, parameters)
    return {row.case_id: (row.repeat_flags, row.takedowns, row.clears) for row in rows}


def _source(session: Session, cases: Sequence[Any]) -> dict[tuple[int, str | None], tuple[int, int]]:
    """By site and category: the takedowns and clears of the last 30 days."""
    parameters = {
        "sites": list({case.site_id for case in cases}),
        "categories": list({case.category for case in cases if case.category is not None}),
    }
    rows = session.execute(SOURCE, parameters)
    return {(row.site_id, row.category): (row.takedowns, row.clears) for row in rows}
