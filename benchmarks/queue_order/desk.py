"""The review desk: one world, one order of the queue, and what comes of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.queue_order.site import Site

HIDDEN_AT_MOST = 24.0  # hours until a hidden article is shown again, reviewed or not


@dataclass(slots=True, eq=False)
class Case:
    """An article with flags that waits for its review; `severity` is that of the gravest reason given."""

    article: int
    opened: float
    readers: list[int] = field(default_factory=list)
    severity: int = 1
    hidden: float | None = None
    was_hidden: bool = False


class Order(Protocol):
    """What is to be compared. It knows what a desk knows: flags, reported views, its own verdicts."""

    def flagged(self, case: Case, reader: int, severity: int) -> None:
        """A further reader gave the case his voice; he is in its list already."""

    def first(self, waiting: Collection[Case], now: float, lot: float) -> Case:
        """The case to review now; `waiting` is in the order in which they opened."""

    def decided(self, case: Case, now: float, *, upheld: bool) -> None:
        """The verdict on a case."""

    def hides(self, case: Case, now: float) -> bool:
        """Whether to hide the article until its review."""


@dataclass(slots=True)
class Outcome:
    """Harm prevented, views that innocent articles lost, and the longest that one of these was hidden, in hours."""

    prevented: float = 0.0
    innocent_views_lost: float = 0.0
    longest_hidden: float = 0.0
    reviewed: list[int] = field(default_factory=list)


class Desk:
    """Takes flags as they come and reviews when a reviewer is free; every verdict is right."""

    def __init__(self, site: Site, order: Order) -> None:
        self._site, self._order = site, order
        self._waiting: dict[int, Case] = {}
        self._closed: set[int] = set()
        self._outcome = Outcome()

    def work(self) -> Outcome:
        """The whole of the world's time."""
        world = self._site.world
        flags = world.flags
        rows = zip(
            flags.at.tolist(), flags.article.tolist(), flags.reader.tolist(), flags.severity.tolist(), strict=True
        )
        coming = next(rows, None)
        for now, lot in zip(world.slots.tolist(), world.lots.tolist(), strict=True):
            while coming is not None and coming[0] <= now:
                self._take(*coming)
                coming = next(rows, None)
            self._review(now, lot)
        for case in self._waiting.values():
            # Nobody is there to review any more, so what is hidden now is counted up to now.
            self._show_in_time(case, world.setting.hours)
            self._show(case, world.setting.hours)
        return self._outcome

    def _take(self, at: float, article: int, reader: int, severity: int) -> None:
        """A flag; none comes of a page that nobody can see, and what was decided stays so."""
        if article in self._closed:
            return
        case = self._waiting.get(article)
        if case is None:
            case = self._waiting[article] = Case(article, at)
        self._show_in_time(case, at)
        if case.hidden is not None:
            return
        case.readers.append(reader)
        case.severity = max(case.severity, severity)
        self._order.flagged(case, reader, severity)
        if not case.was_hidden and self._order.hides(case, at):
            case.hidden, case.was_hidden = at, True

    def _review(self, now: float, lot: float) -> None:
        """One case, if one waits."""
        for case in self._waiting.values():
            self._show_in_time(case, now)
        if not self._waiting:
            return
        case = self._order.first(self._waiting.values(), now, lot)
        del self._waiting[case.article]
        self._closed.add(case.article)
        self._outcome.reviewed.append(case.article)
        self._show(case, now)
        upheld = self._site.bad(case.article)
        self._outcome.prevented += self._site.harm_after(case.article, now)
        self._order.decided(case, now, upheld=upheld)

    def _show_in_time(self, case: Case, now: float) -> None:
        """End a hiding that has lasted its limit."""
        if case.hidden is not None and now >= case.hidden + HIDDEN_AT_MOST:
            self._show(case, case.hidden + HIDDEN_AT_MOST)

    def _show(self, case: Case, now: float) -> None:
        """Count what the hiding did, and end it."""
        if case.hidden is None:
            return
        site = self._site
        self._outcome.prevented += site.harm_after(case.article, case.hidden) - site.harm_after(case.article, now)
        if not site.bad(case.article):
            lost = site.views_after(case.article, case.hidden) - site.views_after(case.article, now)
            self._outcome.innocent_views_lost += lost
            self._outcome.longest_hidden = max(self._outcome.longest_hidden, now - case.hidden)
        case.hidden = None
