"""Other orders, by the facts of their formulas: first in first out, most flags, flags per view, Discourse's score."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from math import log

from benchmarks.queue_order.desk import Case
from benchmarks.queue_order.site import Site

VIEWS_DOUBTED = 200.0  # added to the views of the flag ratio, or one flag on the first view would come before all


class _Peer:
    """Nothing learned, nothing hidden."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def flagged(self, case: Case, reader: int, severity: int) -> None:
        """Nothing to be kept."""

    def decided(self, case: Case, now: float, *, upheld: bool) -> None:
        """Nothing to be learned."""

    def hides(self, case: Case, now: float) -> bool:  # noqa: ARG002
        """Never."""
        return False


class FirstInFirstOut(_Peer):
    """The oldest case first: the queues of Mastodon, Lemmy and Ozone."""

    def first(self, waiting: Collection[Case], now: float, lot: float) -> Case:  # noqa: ARG002
        """The one that opened first."""
        return next(iter(waiting))


class MostFlags(_Peer):
    """The case with the most flags first, the older of two."""

    def first(self, waiting: Collection[Case], now: float, lot: float) -> Case:  # noqa: ARG002
        """The one with the most voices."""
        return max(waiting, key=lambda case: len(case.readers))


class FlagRatio(_Peer):
    """The case with the most flags per view first; the most flags where no views are told."""

    def first(self, waiting: Collection[Case], now: float, lot: float) -> Case:  # noqa: ARG002
        """The one that most of those who saw it flag."""

        def ratio(case: Case) -> float:
            return len(case.readers) / ((self._site.told(case.article, now) or 0.0) + VIEWS_DOUBTED)

        return max(waiting, key=ratio)


class DiscourseScore(_Peer):
    """The highest sum of flag scores first, as Discourse sorts its review queue.

    The score of a flag: 1, the flagger's trust level (0 to 4), a bonus for his accuracy, and one for the type of flag
    that the site may set, here the severity less one. The bonus, from more than five decided flags on: how far his
    share of agreed flags is above 0.7, as a part of 0.3 (below it, as a part of 0.7 and negative), times
    5 log4(decided). Never below 0. From the documentation of its class ReviewableScore.
    """

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._trust = site.world.readers.trust_level.tolist()
        self._scores: defaultdict[int, float] = defaultdict(float)
        self._agreed: Counter[int] = Counter()
        self._decided: Counter[int] = Counter()

    def flagged(self, case: Case, reader: int, severity: int) -> None:
        """Add the score of the flag, with what is known of the reader now."""
        score = 1 + self._trust[reader] + accuracy_bonus(self._agreed[reader], self._decided[reader]) + severity - 1
        self._scores[case.article] += max(score, 0.0)

    def first(self, waiting: Collection[Case], now: float, lot: float) -> Case:  # noqa: ARG002
        """The one with the highest score."""
        return max(waiting, key=lambda case: self._scores[case.article])

    def decided(self, case: Case, now: float, *, upheld: bool) -> None:  # noqa: ARG002
        """Count for each flagger."""
        self._decided.update(case.readers)
        if upheld:
            self._agreed.update(case.readers)


def accuracy_bonus(agreed: int, decided: int) -> float:
    """What a reader's record adds to the score of his flags in Discourse."""
    if decided <= 5:
        return 0.0
    above = agreed / decided - 0.7
    return above / (0.3 if above >= 0 else 0.7) * 5 * log(decided, 4)


PEERS: dict[str, Callable[[Site], FirstInFirstOut | MostFlags | FlagRatio | DiscourseScore]] = {
    "first in, first out": FirstInFirstOut,
    "most flags": MostFlags,
    "flag ratio": FlagRatio,
    "Discourse's score": DiscourseScore,
}
