"""The facts of many cases at once, as of now: read set by set, and only what the rules at hand ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage import terms
from moderation_service.triage.rules.facts import MOST_FLAGS, CaseFacts, FlagFact

PAST_FIELDS = frozenset({"repeat_flags", "takedowns", "clears"})
SOURCE_FIELDS = frozenset({"source_takedowns", "source_clears"})
MOST_WALKED = 4 * MOST_FLAGS  # flags of an article; those of its earlier cases are passed over on the way

CASES = text("""
SELECT cases.id, cases.site_id, cases.article_id, now() AS now, coalesce(severity_set, severity) AS severity,
       cases.reasons, revision.category, articles.origin, revision.language, cases.views, cases.velocity, cases.reach,
       cases.chance, cases.urgency, cases.voices,
       now() - least(articles.created_at, revision.published_on::timestamptz) AS age
FROM cases
JOIN articles ON articles.id = cases.article_id
LEFT JOIN article_revisions revision
    ON revision.article_id = articles.id AND revision.number = articles.current_revision
WHERE cases.id = ANY (:cases)
""")

# What was triaged before readers were weighed weighs nothing, and its reader was new.
FLAGS = text("""
SELECT wanted.case_id, newest.*
FROM unnest(CAST(:cases AS bigint[]), CAST(:articles AS bigint[]), CAST(:windows AS interval[]))
    AS wanted (case_id, article_id, span)
CROSS JOIN LATERAL (
    SELECT reporter, reason, received_at, coalesce(weight, 0), coalesce(reporter_upheld, 0),
           coalesce(reporter_rejected, 0), coalesce(reporter_fresh, false), coalesce(reporter_trusted, false)
    FROM (SELECT * FROM flags WHERE article_id = wanted.article_id ORDER BY id DESC LIMIT :walked) AS walked
    WHERE walked.case_id = wanted.case_id AND withdrawn_at IS NULL
    ORDER BY id DESC LIMIT :most
) AS newest
WHERE newest.received_at > now() - wanted.span
ORDER BY wanted.case_id, newest.received_at
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
      AND received_at > verdict.decided_at AND withdrawn_at IS NULL
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
WHERE decisions.site_id = ANY (:sites) AND decided_at > now() - interval '30 days'
  AND revision.category = ANY (:categories)
GROUP BY decisions.site_id, revision.category
""")


def gather(session: Session, windows: Mapping[int, timedelta], *, fields: Collection[str]) -> dict[int, CaseFacts]:
    """By case, its facts at this transaction's now(); a case that does not exist is left out.

    `windows` says for each case how far back its flags are looked at (zero: not at all). `fields` are those that the
    rules at hand test: earlier decisions are counted only for rules that ask for them, and are 0 for others.
    """
    cases = session.execute(CASES, {"cases": list(windows)}).all()
    flags = _flags(session, [case for case in cases if windows[case.id]], windows)
    past = _past(session, cases) if PAST_FIELDS.intersection(fields) else {}
    source = _source(session, cases) if SOURCE_FIELDS.intersection(fields) else {}
    in_force = terms.in_force(session, {case.site_id for case in cases})
    return {
        case.id: _facts(
            case,
            flags.get(case.id, ()),
            in_force[case.site_id].full_weight,
            past=past.get(case.id, (0, 0, 0)),
            source=source.get((case.site_id, case.category), (0, 0)),
        )
        for case in cases
    }


def _flags(session: Session, cases: Sequence[Any], windows: Mapping[int, timedelta]) -> dict[int, list[FlagFact]]:
    if not cases:
        return {}
    parameters = {
        "cases": [case.id for case in cases],
        "articles": [case.article_id for case in cases],
        "windows": [windows[case.id] for case in cases],
        "most": MOST_FLAGS,
        "walked": MOST_WALKED,
    }
    flags: defaultdict[int, list[FlagFact]] = defaultdict(list)
    for case_id, *flag in session.execute(FLAGS, parameters):
        flags[case_id].append(FlagFact(*flag))
    return flags


def _past(session: Session, cases: Sequence[Any]) -> dict[int, tuple[int, int, int]]:
    """By case: flags that came to earlier, cleared cases of the article since; takedowns; clears."""
    parameters = {
        "cases": [case.id for case in cases],
        "articles": [case.article_id for case in cases],
        "walked": MOST_WALKED,
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


def _facts(
    case: Any, flags: Sequence[FlagFact], full_weight: float, *, past: tuple[int, int, int], source: tuple[int, int]
) -> CaseFacts:
    repeat_flags, takedowns, clears = past
    source_takedowns, source_clears = source
    return CaseFacts(
        now=case.now,
        flags=flags,
        full_weight=full_weight,
        reasons=frozenset(case.reasons),
        severity=case.severity,
        category=case.category,
        origin=case.origin,
        language=case.language,
        article_age=case.age,
        views=case.views,
        velocity=case.velocity,
        reach=case.reach,
        chance=case.chance,
        index=case.urgency,
        voices=case.voices,
        repeat_flags=repeat_flags,
        takedowns=takedowns,
        clears=clears,
        source_takedowns=source_takedowns,
        source_clears=source_clears,
    )
