"""What a backtest says, from what it found."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation_service.triage.backtest import figures
from moderation_service.triage.backtest.figures import Past, Report
from moderation_service.triage.backtest.outcomes import Fate, LiveFiring
from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.replay import Hit
from moderation_service.triage.rules import document as language
from moderation_service.triage.rules.conditions import Seen
from tests.triage.backtest.past import asks, document

START = datetime(2026, 10, 1, tzinfo=UTC)
SEEN = Seen("conditions", "voices", "readers of the case", ">=", 3, 4, True)


def _hit(case_id: int, *, hours: float = 1.0, index: float = 1.0) -> Hit:
    return Hit(case_id, 100 + case_id, START + timedelta(hours=hours), index, [SEEN])


def _report(
    verdicts: dict[int, str],
    hits: list[Hit],
    live: list[LiveFiring] | None = None,
    actions: tuple[dict[str, Any], ...] = (),
    opened: float = 0.0,
) -> Report:
    fates = {
        case_id: Fate(START + timedelta(hours=opened), f"a{case_id}", verdict) for case_id, verdict in verdicts.items()
    }
    past = Past(Period(1, START, START + timedelta(days=2)), 9, fates, live or [])
    rule = language.load(document("three", asks("voices", ">=", 3), *actions))
    return figures.report(rule, past, hits, seconds=1.0)


def _live(case_id: int, *actions: str, hours: float = 0.5) -> LiveFiring:
    return LiveFiring(case_id, START + timedelta(hours=hours), [{"do": action} for action in actions])


def test_precision_is_of_decided_cases_and_recall_of_all_takedowns() -> None:
    verdicts = {1: "takedown", 2: "clear", 3: "open", 4: "takedown", 5: "takedown", 6: "no verdict"}
    result = _report(verdicts, [_hit(case_id) for case_id in (1, 2, 3, 4, 6)]).result
    assert (result["precision"], result["recall"], result["takedowns"]) == (0.6667, 0.6667, 3)
    assert result["verdicts"] == {"takedown": 2, "clear": 1, "no verdict": 1, "open": 1}


def test_of_nothing_decided_there_is_no_precision() -> None:
    result = _report({1: "open"}, [_hit(1)]).result
    assert (result["precision"], result["recall"]) == (None, None)


def test_load_is_by_day_and_by_lane() -> None:
    actions = ({"do": "queue", "name": "desk"}, {"do": "require", "who": "senior"}, {"do": "severity", "value": 4})
    load = _report({1: "open", 2: "open", 3: "open"}, [_hit(1), _hit(2, hours=30)], actions=actions).result["load"]
    assert (load["cases_per_day"], load["touched_per_day"]) == (1.5, 1.0)
    assert [lane["lane"] for lane in load["lanes"]] == ["queue desk", "senior"]
    assert [(day["day"], day["cases"], day["touched"]) for day in load["days"]] == [
        ("2026-10-01", 3, 1),
        ("2026-10-02", 0, 1),
    ]


@pytest.mark.parametrize(
    ("opened", "days", "a_day"), [(-100, 2.0, 0.5), (0, 2.0, 0.5), (24, 1.0, 1.0), (47.9, 0.04, 24.0)]
)
def test_load_is_over_the_days_on_which_there_was_anything(opened: float, days: float, a_day: float) -> None:
    load = _report({1: "open", 2: "open"}, [_hit(1, hours=47.95)], opened=opened).result["load"]
    assert (load["over_days"], load["touched_per_day"]) == (days, a_day)


def test_of_nothing_the_load_is_nothing() -> None:
    load = _report({}, []).result["load"]
    assert (load["over_days"], load["cases_per_day"], load["touched_per_day"]) == (2.0, 0.0, 0.0)


def test_a_case_that_a_live_rule_had_put_into_the_lane_is_no_added_load() -> None:
    live = [_live(1, "escalate"), _live(2, "hide"), _live(3, "escalate", hours=5)]
    (lane,) = _report(dict.fromkeys((1, 2, 3), "open"), [_hit(1), _hit(2), _hit(3)], live).result["load"]["lanes"]
    assert (lane["cases_per_day"], lane["added_per_day"]) == (1.5, 1.0)


def test_this_rule_is_compared_with_the_live_ones() -> None:
    verdicts = {1: "takedown", 2: "clear", 3: "takedown", 4: "clear"}
    compared = _report(verdicts, [_hit(1), _hit(2)], [_live(2, "hide"), _live(3, "hide"), _live(99, "hide")]).result[
        "live"
    ]
    assert {side: (found["cases"], found["precision"]) for side, found in compared.items()} == {
        "both": (1, 0.0),
        "only_this": (1, 1.0),
        "only_live": (1, 1.0),
    }


def test_the_most_urgent_cases_are_shown_and_all_are_in_the_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_SHOWN", 2)
    hits = [_hit(1, index=5.0), _hit(2, index=9.0), _hit(3, index=7.0)]
    report = _report(dict.fromkeys((1, 2, 3), "open"), hits)
    assert [case["case_id"] for case in report.result["shown"]] == [2, 3]
    assert report.result["left_out"] == 1
    lines = list(csv.DictReader(report.cases_csv.splitlines()))
    assert [line["case"] for line in lines] == ["1", "2", "3"]
    assert lines[0]["facts"] == "readers of the case: 4 (>= 3)"


def test_no_cell_of_the_csv_is_a_formula() -> None:
    past = Past(Period(1, START, START + timedelta(days=1)), 1, {1: Fate(START, "-2+3", "open")}, [])
    rule = language.load(document("three", asks("voices", ">=", 3)))
    (line,) = csv.DictReader(figures.report(rule, past, [_hit(1)], seconds=1.0).cases_csv.splitlines())
    assert line["article"] == "'-2+3"
