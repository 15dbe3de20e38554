"""What happens later changes nothing in what a backtest says of a period that is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.run import run
from tests.triage.backtest.past import Past, live_a_while
from tests.triage.backtest.test_equals_live import RULES


@pytest.mark.parametrize("seed", range(3))
def test_the_future_changes_nothing_in_the_past(past: Past, seed: int) -> None:
    random = Random(seed)
    live_a_while(past, random, articles=3, steps=15)
    period = Period(past.site.id, datetime.now(UTC) - timedelta(days=60), datetime.now(UTC))
    before = [_result(past, said, period) for said in RULES]
    live_a_while(past, random, articles=3, steps=15, pauses=())
    assert any(result["touched"] for result in before)
    assert [_result(past, said, period) for said in RULES] == before


def _result(past: Past, said: dict[str, object], period: Period) -> dict[str, object]:
    report = run(past.url, said, period, progress=lambda _: None)
    return {name: value for name, value in report.result.items() if name != "seconds"} | {"csv": report.cases_csv}
