"""What a backtest says: how often the rule would have been right, what work it makes, what the live rules did. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from moderation_service.csv_text import Cell, as_csv
from moderation_service.triage.backtest.outcomes import Fate, LiveFiring
from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.replay import Hit
from moderation_service.triage.rules.conditions import Seen
from moderation_service.triage.rules.document import Rule
from moderation_service.triage.rules.firings import dump_actions

MOST_SHOWN = 1_000
SHORTEST = timedelta(hours=1)  # that figures for a day are worked out from
VERDICTS = ("takedown", "clear", "no verdict", "open")
COLUMNS = ("case", "article", "at", "verdict", "live rules too", "index", "facts")


@dataclass(frozen=True, slots=True)
class Past:
    """What happened in the period: batches of flags, by case what became of it, and what the live rules did."""

    period: Period
    batches: int
    fates: Mapping[int, Fate]
    live: Sequence[LiveFiring]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures with the most urgent of the cases, fit for JSON; and all of the cases as CSV, in order of time."""

    result: dict[str, Any]
    cases_csv: str


def report(rule: Rule, past: Past, hits: Sequence[Hit], *, seconds: float) -> Report:
    """Put it all together. A verdict is the decision in force at the end of the period."""
    hits = sorted(hits, key=lambda hit: (hit.at, hit.case_id))
    also = {firing.case_id for firing in past.live}
    urgent = sorted(hits, key=lambda hit: -hit.index)[:MOST_SHOWN]
    result = {
        "rule": rule.name,
        "from": past.period.start.isoformat(),
        "until": past.period.end.isoformat(),
        "seconds": round(seconds, 2),
        "batches": past.batches,
        "cases": len(past.fates),
        **_judged([hit.case_id for hit in hits], past.fates),
        "load": _load(rule, past, hits),
        "live": _compared({hit.case_id for hit in hits}, also, past.fates),
        "shown": [_shown(hit, past.fates[hit.case_id], live=hit.case_id in also) for hit in urgent],
        "left_out": len(hits) - len(urgent),
    }
    return Report(result, _csv(hits, past.fates, also))


def _judged(touched: Collection[int], fates: Mapping[int, Fate]) -> dict[str, Any]:
    """How the touched cases were decided, and what that says; open ones and those nobody decided say nothing."""
    taken_down = sum(fate.verdict == "takedown" for fate in fates.values())
    verdicts = _verdicts(touched, fates)
    return {
        "touched": len(touched),
        "verdicts": verdicts,
        "precision": _precision(verdicts),
        "takedowns": taken_down,
        "recall": _share(verdicts["takedown"], taken_down),
    }


def _verdicts(case_ids: Iterable[int], fates: Mapping[int, Fate]) -> dict[str, int]:
    counted = Counter(fates[case_id].verdict for case_id in case_ids)
    return {verdict: counted[verdict] for verdict in VERDICTS}


def _precision(verdicts: Mapping[str, int]) -> float | None:
    return _share(verdicts["takedown"], verdicts["takedown"] + verdicts["clear"])


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _load(rule: Rule, past: Past, hits: Sequence[Hit]) -> dict[str, Any]:
    """Cases a day: all that were opened, those the rule touches, and by lane those it would put there and add to it.

    A day on which the site had nothing flagged yet is none: what counts runs from its first case, for an hour at least.
    """
    opened = Counter(_day(fate.opened_at) for fate in past.fates.values())
    touched = Counter(_day(hit.at) for hit in hits)
    days = _days(past.period)
    length = max(past.period.end - _began(past), SHORTEST) / timedelta(days=1)
    all_a_day = sum(opened[day] for day in days) / length
    lanes = [
        {
            "lane": lane,
            "cases_per_day": round(len(hits) / length, 2),
            "added_per_day": round(_added(lane, hits, past.live) / length, 2),
        }
        for lane in filter(None, map(_lane, dump_actions(rule.actions)))
    ]
    return {
        "over_days": round(length, 2),
        "cases_per_day": round(all_a_day, 2),
        "touched_per_day": round(len(hits) / length, 2),
        "lanes": lanes,
        "days": [{"day": day.isoformat(), "cases": opened[day], "touched": touched[day]} for day in days],
    }


def _began(past: Past) -> datetime:
    """When the first of the period's cases was opened; the period's start, where one was there before it."""
    first = min((fate.opened_at for fate in past.fates.values()), default=past.period.start)
    return max(first, past.period.start)


def _days(period: Period) -> list[date]:
    first, last = _day(period.start), _day(period.end - timedelta(microseconds=1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _lane(action: Mapping[str, Any]) -> str | None:
    """Whose work an action makes more, if it does."""
    match action["do"]:
        case "escalate":
            return "escalated"
        case "queue":
            return f"queue {action['name']}"
        case "require":
            return str(action["who"])
    return None


def _added(lane: str, hits: Sequence[Hit], live: Sequence[LiveFiring]) -> int:
    """The cases that no live rule had put into the lane by then."""
    since: dict[int, datetime] = {}
    for firing in live:
        if lane in map(_lane, firing.actions):
            since.setdefault(firing.case_id, firing.at)
    return sum(hit.case_id not in since or since[hit.case_id] > hit.at for hit in hits)


def _compared(this: set[int], live: set[int], fates: Mapping[int, Fate]) -> dict[str, Any]:
    """This rule beside all live ones: the cases both touch, this alone, and those alone."""
    sides = {"both": this & live, "only_this": this - live, "only_live": live & fates.keys() - this}
    compared = {}
    for side, case_ids in sides.items():
        verdicts = _verdicts(case_ids, fates)
        compared[side] = {"cases": len(case_ids), "verdicts": verdicts, "precision": _precision(verdicts)}
    return compared


def _shown(hit: Hit, fate: Fate, *, live: bool) -> dict[str, Any]:
    return {
        "case_id": hit.case_id,
        "article": fate.article,
        "at": hit.at.isoformat(),
        "verdict": fate.verdict,
        "live_rules_too": live,
        "index": hit.index,
        "facts": [test._asdict() for test in hit.seen],
    }


def _csv(hits: Iterable[Hit], fates: Mapping[int, Fate], live: Collection[int]) -> str:
    return as_csv(COLUMNS, (_line(hit, fates[hit.case_id], live=hit.case_id in live) for hit in hits))


def _line(hit: Hit, fate: Fate, *, live: bool) -> Sequence[Cell]:
    facts = "; ".join(_words(test) for test in hit.seen if test.met)
    return hit.case_id, fate.article, hit.at.isoformat(), fate.verdict, "yes" if live else "no", hit.index, facts


def _words(test: Seen) -> str:
    """What a test saw: `distinct readers within 6h: 4 (>= 3)`."""
    return f"{test.words}: {test.value} ({test.operator} {test.wanted})"
