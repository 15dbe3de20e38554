"""The conditions of a rule: a tree of all, any and not over tests of single fields. Pure; facts in, finding out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple

from moderation_service.triage.rules.facts import CaseFacts
from moderation_service.triage.rules.fields import COMPARISONS, FIELDS
from moderation_service.triage.rules.windows import Who, Window, print_duration

Wanted = float | str | tuple[str, ...]


class Seen(NamedTuple):
    """What one test saw: where it stands in the document, what it asked for, and the value it met; fit for JSON."""

    path: str
    field: str
    words: str
    operator: str
    wanted: float | str | list[str]
    value: float | str | list[str] | None
    met: bool


class Finding(NamedTuple):
    """Whether the conditions were met, and what every test in them saw."""

    met: bool
    seen: list[Seen]


class Condition(ABC):
    """A tree, or a part of one. A value that nobody knows meets no test; so `not` around such a test is met."""

    @abstractmethod
    def met(self, facts: CaseFacts) -> bool:
        """Whether it is met; stops at the first part that settles it."""

    @abstractmethod
    def look(self, facts: CaseFacts, seen: list[Seen]) -> bool:
        """Whether it is met; every test is made, and what it saw is appended to `seen`."""

    @abstractmethod
    def tests(self) -> Iterator[Test]:
        """The tests in it, from left to right."""

    @abstractmethod
    def document(self) -> dict[str, Any]:
        """The tree as JSON."""

    @property
    @abstractmethod
    def least_voices(self) -> int:
        """With fewer distinct readers it cannot be met; 0 where nothing of the kind is known."""

    @cached_property
    def widest(self) -> timedelta:
        """The longest window in it; zero without any, and then no flags have to be read."""
        return max((test.window.within for test in self.tests() if test.window), default=timedelta(0))

    def check(self, facts: CaseFacts) -> Finding:
        """Whether it is met, with what every test saw. Costlier than `met`, which tells the first alone."""
        seen: list[Seen] = []
        return Finding(self.look(facts, seen), seen)


@dataclass(frozen=True)
class Group(Condition):
    """Several parts, one at least."""

    parts: tuple[Condition, ...]

    def tests(self) -> Iterator[Test]:
        """The tests of all parts."""
        return (test for part in self.parts for test in part.tests())

    @cached_property
    def cheap_first(self) -> list[Condition]:
        """The parts; what is read off the case stands before what has to be computed from its flags."""
        return sorted(self.parts, key=lambda part: bool(part.widest))


@dataclass(frozen=True)
class All(Group):
    """Met when every part is."""

    def met(self, facts: CaseFacts) -> bool:
        """Whether every part is met."""
        return all(part.met(facts) for part in self.cheap_first)

    def look(self, facts: CaseFacts, seen: list[Seen]) -> bool:
        """Whether every part is met; all are looked at."""
        return all([part.look(facts, seen) for part in self.parts])

    def document(self) -> dict[str, Any]:
        """The tree as JSON."""
        return {"all": [part.document() for part in self.parts]}

    @cached_property
    def least_voices(self) -> int:
        """What the most demanding part asks for."""
        return max(part.least_voices for part in self.parts)


@dataclass(frozen=True)
class AnyOf(Group):
    """Met when one part is."""

    def met(self, facts: CaseFacts) -> bool:
        """Whether one part is met."""
        return any(part.met(facts) for part in self.cheap_first)

    def look(self, facts: CaseFacts, seen: list[Seen]) -> bool:
        """Whether one part is met; all are looked at."""
        return any([part.look(facts, seen) for part in self.parts])

    def document(self) -> dict[str, Any]:
        """The tree as JSON."""
        return {"any": [part.document() for part in self.parts]}

    @cached_property
    def least_voices(self) -> int:
        """What the least demanding part asks for."""
        return min(part.least_voices for part in self.parts)


@dataclass(frozen=True)
class Not(Condition):
    """Met when its part is not."""

    part: Condition

    def met(self, facts: CaseFacts) -> bool:
        """Whether the part is not met."""
        return not self.part.met(facts)

    def look(self, facts: CaseFacts, seen: list[Seen]) -> bool:
        """Whether the part is not met."""
        return not self.part.look(facts, seen)

    def tests(self) -> Iterator[Test]:
        """The tests of the part."""
        return self.part.tests()

    def document(self) -> dict[str, Any]:
        """The tree as JSON."""
        return {"not": self.part.document()}

    @property
    def least_voices(self) -> int:
        """Nothing is known: what is denied may be a limit from above as well."""
        return 0


@dataclass(frozen=True)
class Test(Condition):
    """One field compared with one value; `path` is where it stands in the document. Text is compared without case."""

    __test__ = False  # it is no test of the test runner's

    path: str
    field: str
    operator: str
    value: Wanted
    window: Window | None = None

    def met(self, facts: CaseFacts) -> bool:
        """Whether the value is known and compares as asked."""
        value = self._read(facts)
        return value is not None and self._holds(value, self._wanted)

    def holds(self, value: Any) -> bool:
        """Whether that value compares as asked."""
        return self._holds(value, self._wanted)

    def look(self, facts: CaseFacts, seen: list[Seen]) -> bool:
        """Whether the value is known and compares as asked."""
        value = self._read(facts)
        met = value is not None and self.holds(value)
        shown = sorted(value) if isinstance(value, frozenset) else value
        wanted = list(self.value) if isinstance(self.value, tuple) else self.value
        seen.append(Seen(self.path, self.field, self.words, self.operator, wanted, shown, met))
        return met

    def tests(self) -> Iterator[Test]:
        """Itself."""
        return iter((self,))

    def document(self) -> dict[str, Any]:
        """The test as JSON; what is as usual is left out."""
        document: dict[str, Any] = {"field": self.field}
        if self.window is not None:
            document["within"] = print_duration(self.window.within)
            if self.window.who is not Who.ANY:
                document["who"] = self.window.who.value
            if self.window.reasons:
                document["reasons"] = sorted(self.window.reasons)
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return document | {"operator": self.operator, "value": value}

    @cached_property
    def least_voices(self) -> int:
        """The number itself where it is one of distinct readers; a reader may give many flags, so flags say nothing."""
        if self.field not in {"reporters", "voices"} or not isinstance(self.value, int):
            return 0
        return {">=": self.value, "equals": self.value, ">": self.value + 1}.get(self.operator, 0)

    @cached_property
    def words(self) -> str:
        """What is looked at, such as `distinct readers with a record within 6h`."""
        words = FIELDS[self.field].words
        return f"{words} {self.window.words}" if self.window else words

    # Worked out once: a backtest makes each test a million times.
    @cached_property
    def _read(self) -> Callable[[CaseFacts], Any]:
        return FIELDS[self.field].reader(self.window)

    @cached_property
    def _holds(self) -> Callable[[Any, Any], bool]:
        return COMPARISONS[FIELDS[self.field].kind][self.operator]

    @cached_property
    def _wanted(self) -> Any:
        if isinstance(self.value, str):
            return self.value.casefold()
        if isinstance(self.value, tuple):
            return frozenset(value.casefold() for value in self.value)
        return self.value
