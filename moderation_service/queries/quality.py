"""The QA sample: how far seniors who looked blind agree with those who decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.decisions import quality
from moderation_service.decisions.agreement import Agreement, agreement
from moderation_service.sites.people import Person, names_of

# A slip that its maker mended says nothing of how he judges, even where somebody had answered before he mended it.
_PAIRS = text(f"""
SELECT made.moderator_id, coalesce(made.clause, said.clause) AS clause, made.action AS decided, said.action AS said,
       count(*) AS times, count(*) FILTER (
           WHERE made.action = said.action AND made.clause IS NOT DISTINCT FROM said.clause
             AND made.parts @> said.parts AND made.parts <@ said.parts) AS in_full
FROM qa_reviews said
JOIN qa_samples ON qa_samples.id = said.sample_id
JOIN decisions made ON made.id = qa_samples.decision_id
WHERE said.action IS NOT NULL AND made.decided_at >= :since AND made.decided_at < :until
  AND (CAST(:sites AS int[]) IS NULL OR qa_samples.site_id = ANY (:sites)) AND NOT {quality.MENDED}
GROUP BY 1, 2, 3, 4
""")  # noqa: S608  (of our own fragments)

# Counted at once, a senior who decides would see that his own was drawn, and could mend it before anybody looks.
_COUNTS = text(f"""
SELECT count(*) FILTER (WHERE answers.there OR made.decided_at < now() - interval '1 hour') AS drawn,
       count(*) FILTER (WHERE answers.there) AS answered,
       (SELECT count(*) FROM decisions
        WHERE decided_at >= :since AND decided_at < :until
          AND (CAST(:sites AS int[]) IS NULL OR site_id = ANY (:sites))) AS decided
FROM qa_samples JOIN decisions made ON made.id = qa_samples.decision_id
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM qa_reviews said WHERE said.sample_id = qa_samples.id AND said.action IS NOT NULL) AS there) AS answers
WHERE made.decided_at >= :since AND made.decided_at < :until
  AND (CAST(:sites AS int[]) IS NULL OR qa_samples.site_id = ANY (:sites)) AND NOT {quality.MENDED}
""")  # noqa: S608  (of our own fragments)


_ANSWERED = """
SELECT qa_samples.id, made.case_id, made.article_id, made.revision, made.decided_at, said.reviewed_at,
       coalesce(revision.headline, articles.title, articles.url) AS title, sites.slug AS site,
       made.action AS made_action, made.parts AS made_parts, made.clause AS made_clause, made.ground AS made_ground,
       made.note AS made_note, decider.display_name AS made_by,
       said.action AS said_action, said.parts AS said_parts, said.clause AS said_clause, said.ground AS said_ground,
       said.note AS said_note, senior.display_name AS said_by, said.moderator_id AS senior_id,
       EXISTS (SELECT FROM decisions newer WHERE newer.case_id = made.case_id AND newer.supersedes_id = made.id)
           AS superseded
FROM qa_reviews said
JOIN qa_samples ON qa_samples.id = said.sample_id
JOIN decisions made ON made.id = qa_samples.decision_id
JOIN sites ON sites.id = qa_samples.site_id
JOIN articles ON articles.id = made.article_id
JOIN moderators decider ON decider.id = made.moderator_id
JOIN moderators senior ON senior.id = said.moderator_id
LEFT JOIN article_revisions revision ON revision.article_id = made.article_id AND revision.number = made.revision
WHERE said.action IS NOT NULL
"""
_COMPARED = text(_ANSWERED + " AND qa_samples.id = :sample")
_DIFFERENCES = text(
    _ANSWERED
    + f"""
  AND NOT {quality.MENDED} AND made.decided_at >= :since AND made.decided_at < :until
  AND (CAST(:sites AS int[]) IS NULL OR qa_samples.site_id = ANY (:sites))
  AND (made.action <> said.action OR NOT (made.parts @> said.parts AND made.parts <@ said.parts))
ORDER BY said.id DESC LIMIT :most
"""
)
DIFFERENCES_MOST = 20


def compared_sample(session: Session, sample_id: int, person: Person) -> dict[str, Any] | None:
    """What was decided and what a senior said of it, side by side; None until one has said something.

    Raises:
        NotFound: there is no such sample where this person is a senior.
    """
    quality.of_site(session, sample_id, person)
    row = session.execute(_COMPARED, {"sample": sample_id}).mappings().one_or_none()
    return None if row is None else _both(row)


def qa_differences(
    session: Session, sites: Sequence[int] | None, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """The last of those where readers would have got something else by what the senior said."""
    bound = {"sites": None if sites is None else list(sites), "since": since, "until": until}
    return [_both(row) for row in session.execute(_DIFFERENCES, bound | {"most": DIFFERENCES_MOST}).mappings()]


def _both(row: Any) -> dict[str, Any]:
    verdicts = {
        who: {name: row[f"{who}_{name}"] for name in ("action", "parts", "clause", "ground", "note", "by")}
        for who in ("made", "said")
    }
    return {name: value for name, value in row.items() if not name.startswith(("made_", "said_"))} | verdicts


def qa_agreement(session: Session, sites: Sequence[int] | None, since: datetime, until: datetime) -> dict[str, Any]:
    """Agreement on what was decided from `since` until before `until` on these sites (None: on all).

    `overall` is an `Agreement`; `moderators` (with `id`, `name`) and `clauses` (with `clause`) are lists with one in
    each under `agreement`, those of most cases first. A clause is the one that the takedown cited, be it the decider's
    or, where he cleared, the senior's; cases that both cleared are under None. `decided`, `drawn` and `answered` count
    the decisions, those in the sample that wait or waited for a senior (told after an hour), and those he has judged.
    """
    bound = {"sites": None if sites is None else list(sites), "since": since, "until": until}
    pairs = session.execute(_PAIRS, bound).all()
    names = names_of(session, sorted({pair.moderator_id for pair in pairs}))
    by_moderator = _by(pairs, lambda pair: pair.moderator_id)
    return {
        **session.execute(_COUNTS, bound).mappings().one(),
        "overall": _of(pairs),
        "moderators": [{"id": key, "name": names.get(key), "agreement": found} for key, found in by_moderator],
        "clauses": [{"clause": key, "agreement": found} for key, found in _by(pairs, lambda pair: pair.clause)],
    }


def _by(pairs: Sequence[Any], key: Callable[[Any], Any]) -> list[tuple[Any, Agreement]]:
    found = [(own, _of(pair for pair in pairs if key(pair) == own)) for own in {key(pair) for pair in pairs}]
    return sorted(found, key=lambda entry: (-entry[1].n, str(entry[0])))


def _of(pairs: Iterable[Any]) -> Agreement:
    counts: Counter[tuple[str, str]] = Counter()
    in_full = 0
    for pair in pairs:
        counts[pair.decided, pair.said] += pair.times
        in_full += pair.in_full
    return agreement(counts, in_full=in_full)
