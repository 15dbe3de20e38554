"""The QA sample: how far seniors who looked blind agree with those who decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.decisions.agreement import Agreement, agreement
from moderation_service.sites.people import names_of

_PAIRS = text("""
SELECT made.moderator_id, coalesce(made.clause, said.clause) AS clause, made.action AS decided, said.action AS said,
       count(*) AS times, count(*) FILTER (
           WHERE made.action = said.action AND made.clause IS NOT DISTINCT FROM said.clause
             AND made.parts @> said.parts AND made.parts <@ said.parts) AS in_full
FROM qa_reviews said
JOIN qa_samples ON qa_samples.id = said.sample_id
JOIN decisions made ON made.id = qa_samples.decision_id
WHERE said.action IS NOT NULL AND made.decided_at >= :since AND made.decided_at < :until
  AND (CAST(:sites AS int[]) IS NULL OR qa_samples.site_id = ANY (:sites))
GROUP BY 1, 2, 3, 4
""")

_COUNTS = text("""
SELECT count(*) AS drawn,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM qa_reviews said WHERE said.sample_id = qa_samples.id AND said.action IS NOT NULL)) AS answered,
       (SELECT count(*) FROM decisions
        WHERE decided_at >= :since AND decided_at < :until
          AND (CAST(:sites AS int[]) IS NULL OR site_id = ANY (:sites))) AS decided
FROM qa_samples JOIN decisions made ON made.id = qa_samples.decision_id
WHERE made.decided_at >= :since AND made.decided_at < :until
  AND (CAST(:sites AS int[]) IS NULL OR qa_samples.site_id = ANY (:sites))
""")


def qa_agreement(session: Session, sites: Sequence[int] | None, since: datetime, until: datetime) -> dict[str, Any]:
    """Agreement on what was decided from `since` until before `until` on these sites (None: on all).

    `overall` is an `Agreement`; `moderators` (with `id`, `name`) and `clauses` (with `clause`) are lists with one in
    each under `agreement`, those of most cases first. A clause is the one that the takedown cited, be it the decider's
    or, where he cleared, the senior's; cases that both cleared are under None. `decided`, `drawn` and `answered` count
    the decisions, those in the sample, and those of it that a senior has judged.
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
