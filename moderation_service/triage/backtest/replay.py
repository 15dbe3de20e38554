"""Walk through the past of a case as triage did, batch by batch, and say when a rule would first have fired. Pure.

`facts` builds from history what `rules.gather` reads from the present; a test holds the two against each other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from moderation_service.triage.backtest.flags import StoredFlag
from moderation_service.triage.backtest.history import SOURCE_WINDOW, ArticleHistory, CaseHistory, Moment, Revision
from moderation_service.triage.rules.conditions import Condition, Seen
from moderation_service.triage.rules.facts import MOST_FLAGS, CaseFacts, FlagFact

Source = Mapping[str, Mapping[str, Sequence[datetime]]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A case on which the rule would have fired: when, on what it saw, and how urgent the case was."""

    case_id: int
    article_id: int
    at: datetime
    index: float
    seen: list[Seen]


def first_hit(history: CaseHistory, condition: Condition, source: Source) -> Hit | None:
    """When the rule fires on the case for the first time; the one time that counts."""
    for moment, facts in walk(history, source):
        if condition.met(facts):
            seen = condition.check(facts).seen
            return Hit(history.case_id, history.article_id, moment.at, moment.urgency, seen)
    return None


def walk(history: CaseHistory, source: Source) -> Iterator[tuple[Moment, CaseFacts]]:
    """The case as it was at each of its moments; nothing that came later is in it."""
    flags = _Flags([flag for flag in history.flags if not flag.muted])
    reasons = _first_told(history.flags)
    for moment in history.moments:
        yield moment, _facts(history, moment, flags.standing(moment.at), reasons, source)


class _Flags:
    """A case's flags in the order of their ids, for asking at one moment after the other which of them stood."""

    def __init__(self, flags: Sequence[StoredFlag]) -> None:
        self._flags = flags
        self._facts = [flag.fact for flag in flags]
        # The first batch that may have known any of the flags from here on: those behind it need no look.
        self._known_from = list(accumulate((flag.since for flag in reversed(flags)), min))[::-1]
        # Nearly always: ids were given in the order of arrival, batches took them in that order, and all stand.
        self._plain = all(
            flag.until is None and flag.since == known_from and flag.fact.at >= before.fact.at
            for flag, known_from, before in zip(flags, self._known_from, [*flags[:1], *flags], strict=False)
        )

    def standing(self, now: datetime) -> list[FlagFact]:
        """The newest of the flags that the case knew of and that stood, oldest first."""
        count = bisect_right(self._known_from, now)
        if self._plain:
            return self._facts[max(count - MOST_FLAGS, 0) : count]
        standing: list[FlagFact] = []
        for place in range(count - 1, -1, -1):
            flag = self._flags[place]
            if flag.stands(now):
                standing.append(flag.fact)
                if len(standing) == MOST_FLAGS:
                    break
        standing.reverse()
        standing.sort(key=_received_at)
        return standing


def _received_at(fact: FlagFact) -> datetime:
    return fact.at


def _first_told(flags: Sequence[StoredFlag]) -> dict[str, datetime]:
    """Since when the case has each of its reasons; it keeps one whose flags are taken back."""
    told: dict[str, datetime] = {}
    for flag in flags:
        before = told.get(flag.fact.reason)
        if before is None or flag.since < before:
            told[flag.fact.reason] = flag.since
    return told


def _facts(
    history: CaseHistory, moment: Moment, flags: list[FlagFact], reasons: Mapping[str, datetime], source: Source
) -> CaseFacts:
    now, article = moment.at, history.article
    revision = _revision(article, now)
    takedowns, clears, repeat_flags = _past(article, history.case_id, now) if article.rulings else (0, 0, 0)
    made = source.get(revision.category, {}) if revision else {}
    return CaseFacts(
        now=now,
        flags=flags,
        full_weight=moment.full_weight,
        reasons=frozenset(reason for reason, since in reasons.items() if since <= now),
        severity=moment.severity,
        category=revision.category if revision else None,
        origin=article.origin,
        language=revision.language if revision else None,
        article_age=now - _appeared(article, revision),
        views=moment.views,
        velocity=moment.velocity,
        reach=moment.reach,
        chance=moment.chance,
        index=moment.urgency,
        voices=moment.voices,
        repeat_flags=repeat_flags,
        takedowns=takedowns,
        clears=clears,
        source_takedowns=_within(made.get("takedown", ()), now),
        source_clears=_within(made.get("clear", ()), now),
    )


def _revision(article: ArticleHistory, now: datetime) -> Revision | None:
    for revision in reversed(article.revisions):
        if revision.since <= now:
            return revision
    return None


def _appeared(article: ArticleHistory, revision: Revision | None) -> datetime:
    published_at = revision.published_at if revision else None
    return article.created_at if published_at is None else min(article.created_at, published_at)


def _past(article: ArticleHistory, case_id: int, now: datetime) -> tuple[int, int, int]:
    """Takedowns and clears in force on the article, and the flags that came to what was cleared."""
    in_force = {ruling.case_id: ruling for ruling in article.rulings if ruling.decided_at < now}
    cleared = {case: ruling.decided_at for case, ruling in in_force.items() if ruling.action == "clear"}
    repeats = sum(
        flag.fact.at > cleared_at and flag.stands(now) and not flag.muted
        for earlier, cleared_at in cleared.items()
        if earlier != case_id
        for flag in article.flags_of_cleared[earlier]
    )
    return len(in_force) - len(cleared), len(cleared), repeats


def _within(made: Sequence[datetime], now: datetime) -> int:
    """How many of these moments lie in the window before now."""
    return bisect_left(made, now) - bisect_right(made, now - SOURCE_WINDOW) if made else 0
