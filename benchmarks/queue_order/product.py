"""The product's own order and hide rule at the desk: here is only the keeping of counters, all the rest is called.

The product refreshes what a flag or a verdict touches, and the velocities with a timer. The desk looks at the queue
only when somebody is free and when a flag comes, so the same numbers are reckoned then, from the counters as they are;
new Terms count from the next report of views on, as with the timer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from benchmarks.queue_order.desk import Case
from benchmarks.queue_order.site import Site
from benchmarks.queue_order.world import BIN
from moderation_service.triage import order
from moderation_service.triage.order import Record, Terms, Voucher

HIDDEN_FIRST_AFTER = 2.0  # hours
BARRED_FOR = 30 * 24.0  # hours


class ProductOrder:
    """Expected harm if left alone; hides nothing unless `hiding`."""

    def __init__(self, site: Site, *, hiding: bool) -> None:
        self._site, self._hiding = site, hiding
        self._learned = self._terms = Terms()
        self._tick, self._hour = 0, 0.0
        self._since = site.world.readers.since.tolist()
        self._upheld: Counter[int] = Counter()
        self._rejected: Counter[int] = Counter()
        self._pending: Counter[int] = Counter()
        self._first_flag: dict[int, float] = {}
        self._barred: dict[int, float] = {}
        self._weights: dict[int, float] = {}
        self._counted_views = 0.0

    def flagged(self, case: Case, reader: int, severity: int) -> None:  # noqa: ARG002
        """One voice more that waits: it takes its part of the reader's budget."""
        if len(case.readers) <= order.MOST_COUNTED:
            told = int(self._site.world.setting.reported)
            self._learned = self._learned.arrive(cases=int(len(case.readers) == 1), voices=1, voices_with_views=told)
        self._first_flag.setdefault(reader, self._hour)
        self._pending[reader] += 1
        self._weights.pop(reader, None)

    def first(self, waiting: Collection[Case], now: float, lot: float) -> Case:
        """What was hidden too long, now and then the oldest, else the highest index."""
        self._listen_to_timer(now)
        overdue = [case for case in waiting if case.hidden is not None and now >= case.hidden + HIDDEN_FIRST_AFTER]
        if overdue:
            return min(overdue, key=lambda case: case.hidden or 0.0)
        if order.takes_oldest(lot):
            return next(iter(waiting))
        return self._highest(waiting, now)

    def decided(self, case: Case, now: float, *, upheld: bool) -> None:
        """Learn: the records of its flaggers, the cohorts, the rates; bar who helped to hide what was fine."""
        cohorts = Counter(self._record(reader).cohort for reader in case.readers)
        self._learned = self._learned.learn({c: (count if upheld else 0, count) for c, count in cohorts.items()})
        views = self._site.told(case.article, now)
        if upheld and views is not None:
            self._learned = self._learned.uphold(voices=len(case.readers), views=views)
        for reader in case.readers:
            (self._upheld if upheld else self._rejected)[reader] += 1
            self._pending[reader] -= 1
            self._weights.pop(reader, None)
        if case.was_hidden and not upheld:
            self._barred.update(dict.fromkeys(case.readers, now + BARRED_FOR))

    def hides(self, case: Case, now: float) -> bool:
        """The product's hide rule, on the case as it stands."""
        if not self._hiding:
            return False
        self._listen_to_timer(now)
        flaggers = [
            Voucher(self._upheld[reader], self._rejected[reader], barred=self._barred.get(reader, 0.0) > now)
            for reader in case.readers
        ]
        return order.may_hide(self._chance(case, now), flaggers)

    def _highest(self, waiting: Collection[Case], now: float) -> Case:
        """The highest index; a chance is at most 1, so what could not win even with that is not reckoned further."""
        bounds = [(self._stake(case, now), -n, case) for n, case in enumerate(waiting)]
        bounds.sort(reverse=True)
        best, highest = bounds[0][2], -1.0
        for bound, _, case in bounds:
            if bound <= highest:
                break
            index = self._index(case, now)
            if index > highest:
                best, highest = case, index
        return best

    def _stake(self, case: Case, now: float) -> float:
        return case.severity * self._reach(case, now)

    def _index(self, case: Case, now: float) -> float:
        hidden = case.hidden is not None
        return order.index(self._chance(case, now), case.severity, self._reach(case, now), hidden=hidden)

    def _reach(self, case: Case, now: float) -> float:
        # What nobody can see has no views: its velocity stays what it was.
        seen = now if case.hidden is None else case.hidden
        return order.reach(self._site.age(case.article, now), self._site.velocity(case.article, seen), self._terms)

    def _chance(self, case: Case, now: float) -> float:
        seen = now if case.hidden is None else case.hidden
        total = sum(map(self._weight, case.readers))
        return order.chance(total, self._site.told(case.article, seen), self._terms)

    def _weight(self, reader: int) -> float:
        known = self._weights.get(reader)
        if known is None:
            known = self._weights[reader] = order.weight(self._record(reader), self._terms)
        return known

    def _record(self, reader: int) -> Record:
        return Record(
            upheld=self._upheld[reader],
            rejected=self._rejected[reader],
            pending=self._pending[reader],
            fresh=self._first_flag[reader] - self._since[reader] < order.FRESH_ACCOUNT_HOURS,
        )

    def _listen_to_timer(self, now: float) -> None:
        """What was learned before the last report of views counts from now on."""
        if int(now / BIN) != self._tick:
            self._tick, self._hour = int(now / BIN), now
            self._count_views(now)
            self._terms = self._learned
            self._weights.clear()

    def _count_views(self, now: float) -> None:
        """The site's views since the last time count into its rates."""
        if self._site.world.setting.reported:
            views = self._site.views_of_all(now)
            more, self._counted_views = views - self._counted_views, views
            self._learned = replace(self._learned, other_views=self._learned.other_views + more)
