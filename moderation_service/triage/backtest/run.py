"""One run of a backtest: which cases there were, where the rule would have fired, and what came of those."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from moderation_service.triage.backtest import figures, history, outcomes
from moderation_service.triage.backtest.figures import Report
from moderation_service.triage.backtest.outcomes import Fate
from moderation_service.triage.backtest.reading import Connection, Period, connect
from moderation_service.triage.backtest.shares import Share, replay
from moderation_service.triage.rules import document as language

# How far a run is, after each of its steps.
CASES_FOUND, REPLAYED = 0.1, 0.9

Progress = Callable[[float], None]


def run(url: str, document: Mapping[str, Any], period: Period, *, progress: Progress) -> Report:
    """What the rule of that document would have done in the period, had it been live.

    `progress` is told how far it is, between 0 and 1, and may raise whatever is to end the run. No transaction is open
    at any time; `url` is the database's.

    Raises:
        Ended: a process of the run was killed.
        Invalid: the document is none.
    """
    started = time.monotonic()
    rule = language.load(document)
    with connect(url) as connection:
        batches, voices = _touched(connection, period, progress)
    least = rule.conditions.least_voices
    worth = {case_id: count for case_id, count in sorted(batches.items()) if voices[case_id] >= least}
    share = Share(document, period, worth)
    work = max(share.moments, 1)
    hits = replay(url, share, told=lambda done: progress(CASES_FOUND + (REPLAYED - CASES_FOUND) * done / work))
    with connect(url) as connection:
        fates = _fates(connection, period, sorted(batches), progress)
        live = outcomes.live_firings(connection, period)
    past = figures.Past(period, batches.total(), fates, live)
    return figures.report(rule, past, hits, seconds=time.monotonic() - started)


def _touched(connection: Connection, period: Period, progress: Progress) -> tuple[Counter[int], Counter[int]]:
    """By case, how many batches of flags came to it in the period, and how many readers it had at most."""
    batches: Counter[int] = Counter()
    voices: Counter[int] = Counter()
    days = len(list(period.slices()))
    for done, (more, most) in enumerate(history.touched(connection, period), start=1):
        batches.update(more)
        voices |= most
        progress(CASES_FOUND * done / days)
    return batches, voices


def _fates(connection: Connection, period: Period, case_ids: list[int], progress: Progress) -> dict[int, Fate]:
    fates: dict[int, Fate] = {}
    for some in outcomes.fates(connection, period, case_ids):
        fates |= some
        progress(REPLAYED + (1 - REPLAYED) * len(fates) / len(case_ids))
    return fates
