"""A version of a policy before it is one: what it says, what is wrong with it, how it differs from another. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from moderation_service.policy.models import PolicyClause, PolicyVersion
from moderation_service.policy.vocabulary import DSA_CATEGORIES, Ground

# A slash would end it where a clause is cited with its ground.
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
TITLE_LONGEST, TEXT_LONGEST = 200, 5000
CLAUSES_MOST = 200
SECOND_OVER_MOST = 1000


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause that a decision may cite; see `PolicyClause`."""

    code: str
    title: str
    text: str
    grounds: tuple[str, ...]
    dsa_category: str


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a version says: its clauses in order, and how decisions are checked; see `PolicyVersion`."""

    clauses: tuple[Clause, ...]
    second_for_editorial: bool
    second_over: int | None
    qa_percent: float


class Fault(NamedTuple):
    """What is wrong: the field, and of a clause its place, counted from 0."""

    field: str
    clause: int | None = None


class Difference(NamedTuple):
    """A clause that is not in both versions, or says something else: what it was, and what it is."""

    code: str
    before: Clause | None
    after: Clause | None


def said(clause: PolicyClause) -> Clause:
    """What a clause says, whichever version has it: two that are equal say the same."""
    return Clause(clause.code, clause.title, clause.text, tuple(clause.grounds), clause.dsa_category)


def draft_of(version: PolicyVersion, clauses: Sequence[PolicyClause]) -> Draft:
    """What a version says."""
    return Draft(tuple(map(said, clauses)), version.second_for_editorial, version.second_over, version.qa_percent)


def faults(draft: Draft) -> Iterator[Fault]:
    """All that keeps a draft from being a version."""
    if not 0 < len(draft.clauses) <= CLAUSES_MOST:
        yield Fault("clauses")
    if draft.second_over is not None and not 0 <= draft.second_over <= SECOND_OVER_MOST:
        yield Fault("second_over")
    if not 0 <= draft.qa_percent <= 100:
        yield Fault("qa_percent")
    times = Counter(clause.code for clause in draft.clauses)
    for place, clause in enumerate(draft.clauses):
        yield from (Fault(field, place) for field in _wrong(clause, twice=times[clause.code] > 1))


def _wrong(clause: Clause, *, twice: bool) -> Iterator[str]:
    if twice or not CODE.fullmatch(clause.code):
        yield "code"
    if not 0 < len(clause.title) <= TITLE_LONGEST:
        yield "title"
    if not 0 < len(clause.text) <= TEXT_LONGEST:
        yield "text"
    if not clause.grounds or not set(clause.grounds) <= set(Ground):
        yield "grounds"
    if clause.dsa_category not in DSA_CATEGORIES:
        yield "dsa_category"


def differences(before: Draft, after: Draft) -> list[Difference]:
    """The clauses that were added, changed or removed, in the order of the later version; those removed come last."""
    was, now = ({clause.code: clause for clause in draft.clauses} for draft in (before, after))
    kept = [Difference(code, was.get(code), clause) for code, clause in now.items() if was.get(code) != clause]
    return kept + [Difference(code, clause, None) for code, clause in was.items() if code not in now]


def changed_settings(before: Draft, after: Draft) -> dict[str, tuple[Any, Any]]:
    """How else two versions differ: by setting, what it was and what it is; `order` when only clauses were moved."""
    names = [field.name for field in fields(Draft) if field.name != "clauses"]
    changed = {name: (getattr(before, name), getattr(after, name)) for name in names}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if before.clauses != after.clauses and not differences(before, after):
        changed["order"] = (None, None)
    return changed
