"""Walking through a case's past, against what each moment means in plain words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.triage.backtest import replay
from moderation_service.triage.backtest.flags import StoredFlag
from moderation_service.triage.backtest.history import ArticleHistory, CaseHistory, Moment, Revision, Ruling
from moderation_service.triage.rules.facts import CaseFacts, FlagFact

START = datetime(2026, 10, 1, tzinfo=UTC)

hours = st.integers(0, 20)


def _at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def _flag(number: int, came: float, since: float, until: float | None = None, reason: str = "spam") -> StoredFlag:
    fact = FlagFact(bytes([number]), reason, _at(came), 1.0, 0, 0, fresh=False, trusted=False)
    return StoredFlag(number, _at(since), None if until is None else _at(until), fact)


def _moment(hour: float) -> Moment:
    return Moment(_at(hour), 3, 1, 0.5, None, None, 10.0, 15.0, 2.0)


def _facts(history: CaseHistory, hour: float) -> CaseFacts:
    history.moments = [_moment(hour)]
    ((_, facts),) = replay.walk(history, {})
    return facts


def _case(*flags: StoredFlag, article: ArticleHistory | None = None) -> CaseHistory:
    return CaseHistory(7, 70, article or ArticleHistory("editorial", START), list(flags))


@given(
    st.lists(st.tuples(hours, hours, st.none() | hours), max_size=12),
    st.lists(hours, min_size=1, max_size=6).map(sorted),
    st.booleans(),
)
def test_flags_at_each_moment_are_those_that_stood(
    drawn: list[tuple[int, int, int | None]], moments: list[int], in_order: bool
) -> None:
    if in_order:  # the usual case, which is read by a shorter way
        drawn = [(came, came + 1, None) for came in sorted(came for came, _, _ in drawn)]
    flags = [_flag(number, *times) for number, times in enumerate(drawn)]
    history = _case(*flags)
    history.moments = [_moment(hour) for hour in moments]
    for moment, facts in replay.walk(history, {}):
        stood = [f for f in flags if f.since <= moment.at and (f.until is None or f.until > moment.at)]
        assert sorted(f.fact.reporter for f in stood) == sorted(f.reporter for f in facts.flags)
        assert [f.at for f in facts.flags] == sorted(f.fact.at for f in stood)


@pytest.mark.parametrize("until", [None, 99])
def test_only_the_newest_flags_are_looked_at(monkeypatch: pytest.MonkeyPatch, until: float | None) -> None:
    monkeypatch.setattr(replay, "MOST_FLAGS", 2)
    history = _case(*(_flag(number, number, number, until) for number in range(5)))
    assert [flag.reporter for flag in _facts(history, 3).flags] == [b"\x02", b"\x03"]


def test_a_reason_stays_when_its_flag_is_taken_back() -> None:
    history = _case(_flag(1, 0, 1, until=2, reason="hate"), _flag(2, 2, 3), _flag(3, 4, 5, reason="other"))
    assert _facts(history, 3).reasons == {"hate", "spam"}
    assert [flag.reason for flag in _facts(history, 3).flags] == ["spam"]


def test_category_language_and_age_are_those_of_the_revision_of_then() -> None:
    article = ArticleHistory("user", _at(0))
    article.revisions = [Revision(_at(1), "LOCAL", "en", None), Revision(_at(5), "POLITICS", "de", _at(-10))]
    history = _case(article=article)
    assert (_facts(history, 0.5).category, _facts(history, 0.5).language) == (None, None)
    assert (_facts(history, 4).category, _facts(history, 4).article_age) == ("LOCAL", timedelta(hours=4))
    assert (_facts(history, 5).language, _facts(history, 5).article_age) == ("de", timedelta(hours=15))


def test_of_a_case_decided_twice_the_decision_in_force_then_counts() -> None:
    article = ArticleHistory("user", _at(0))
    article.rulings = [Ruling(1, "clear", _at(1)), Ruling(1, "takedown", _at(5))]
    article.flags_of_cleared = {1: [_flag(1, 0, 0.5), _flag(2, 2, 2.5), _flag(3, 3, 9)]}
    history = _case(article=article)
    before, after = _facts(history, 4), _facts(history, 6)
    assert (before.takedowns, before.clears, before.repeat_flags) == (0, 1, 1)
    assert (after.takedowns, after.clears, after.repeat_flags) == (1, 0, 0)


def test_decisions_in_the_category_count_for_thirty_days() -> None:
    article = ArticleHistory("user", _at(0), [Revision(_at(0), "LOCAL", "en", None)])
    history = _case(article=article)
    history.moments = [_moment(24 * 30)]
    made = {"LOCAL": {"takedown": [_at(0), _at(1), _at(24 * 30)], "clear": []}, "SPORT": {"clear": [_at(9)]}}
    ((_, facts),) = replay.walk(history, made)
    assert (facts.source_takedowns, facts.source_clears) == (1, 0)
