"""How long readers wait for a decision, and a decision for its content store. All in seconds.

Percentiles are times that did occur (nearest rank), not means between two.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from moderation_service.queries.figures.course import Course, read, statement
from moderation_service.queries.figures.period import Period

_PERCENTILES = """(percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds)) AS p50,
                  (percentile_disc(0.9) WITHIN GROUP (ORDER BY seconds)) AS p90"""

# The ids of flags follow the order in which they came, so the first flag is a walk along the article's index.
_TO_DECISION = statement(
    """SELECT decisions.decided_at AS at, extract(epoch FROM decisions.decided_at - coalesce(
            (SELECT received_at FROM flags WHERE flags.article_id = decisions.article_id
             AND flags.case_id = decisions.case_id ORDER BY flags.id LIMIT 1),
            (SELECT opened_at FROM cases WHERE cases.id = decisions.case_id)))::float AS seconds
        FROM decisions
        WHERE decisions.supersedes_id IS NULL AND {of_period}""",
    f"count(*) AS cases, {_PERCENTILES}",
)

_TO_APPLIED = statement(
    """SELECT decisions.decided_at AS at, extract(epoch FROM applied.at - decisions.decided_at)::float AS seconds
        FROM decisions LEFT JOIN enforcement_orders orders ON orders.article_id = decisions.article_id
        LEFT JOIN LATERAL (SELECT min(finished_at) AS at FROM enforcement_attempts tries
                           WHERE tries.order_id = orders.id AND tries.decision_id = decisions.id
                           AND tries.outcome = 'applied') AS applied ON true
        WHERE {of_period}""",
    f"count(*) AS decisions, count(seconds) AS applied, {_PERCENTILES}",
)


def flag_to_decision(session: Session, sites: Sequence[int], period: Period) -> Course:
    """From the first flag of a case to its first decision: `cases` that were first decided then, `p50`, `p90`.

    A case whose flags have gone into a newer one counts from when it was opened.
    """
    return read(session, _TO_DECISION, period, sites, empty={"cases": 0, "p50": None, "p90": None})


def decision_to_applied(session: Session, sites: Sequence[int], period: Period) -> Course:
    """From a decision to when it was first read back from the content store: `decisions`, `applied`, `p50`, `p90`.

    Those that are not `applied` wait, have failed, or were overtaken by a later decision.
    """
    empty = {"decisions": 0, "applied": 0, "p50": None, "p90": None}
    return read(session, _TO_APPLIED, period, sites, empty=empty)
