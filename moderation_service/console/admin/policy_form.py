"""The form that writes a policy: kept as it was typed, row by row, until it is a version.

A row has a number of its own that all its fields carry, as in `title-3`; the fields `row` say which rows there are, in
which order. So rows are added, removed and moved without a script, and nothing that was typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from moderation_service.articles.content import text_fault
from moderation_service.console.words import later
from moderation_service.policy.drafts import (
    CLAUSES_MOST,
    SECOND_OVER_MOST,
    Clause,
    Draft,
    faults,
)
from moderation_service.policy.vocabulary import Ground

FAULTS = {
    "code": later("1 to 20 letters, digits, points and hyphens, and no other clause has it."),
    "title": later("1 to 200 characters."),
    "text": later("1 to 5,000 characters."),
    "grounds": later("At least one."),
    "dsa_category": later("One of the list."),
    "clauses": later("A policy has 1 to 200 clauses."),
    "second_over": later("A whole number between 0 and 1,000, or nothing."),
    "qa_percent": later("A number between 0 and 100."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one clause."""

    key: str
    code: str = ""
    title: str = ""
    text: str = ""
    grounds: tuple[str, ...] = ()
    dsa_category: str = ""

    @classmethod
    def sent(cls, form: MultiDict[str, str], key: str) -> Row:
        """What was typed into the fields with that key."""
        plain = {name: _kept(form.get(f"{name}-{key}", "")) for name in ("code", "title", "text", "dsa_category")}
        return cls(key, grounds=tuple(ground for ground in Ground if f"{ground}-{key}" in form), **plain)

    def clause(self) -> Clause:
        """The clause that it stands for."""
        text = "\n".join(self.text.splitlines()).strip()
        return Clause(self.code.strip(), self.title.strip(), text, self.grounds, self.dsa_category)


@dataclass(frozen=True, slots=True)
class Form:
    """All that was typed; `began_from` is the id of the version that it began from."""

    began_from: int
    rows: tuple[Row, ...]
    second_for_editorial: bool
    second_over: str
    qa_percent: str
    errors: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, version_id: int, said: Draft) -> Form:
        """The form that shows what a version says."""
        rows = tuple(
            Row(str(place), c.code, c.title, c.text, c.grounds, c.dsa_category) for place, c in enumerate(said.clauses)
        )
        over = "" if said.second_over is None else str(said.second_over)
        return cls(version_id, rows, said.second_for_editorial, over, f"{said.qa_percent:g}")

    @classmethod
    def now(cls) -> Form:
        """What was just sent."""
        form = request.form
        keys = [key for key in dict.fromkeys(form.getlist("row")) if key.isascii() and key.isdigit() and len(key) < 10]
        return cls(
            began_from=_whole(form.get("began_from", "")) or 0,  # no version has the id 0
            rows=tuple(Row.sent(form, key) for key in keys[: CLAUSES_MOST + 1]),
            second_for_editorial="second_for_editorial" in form,
            second_over=_kept(form.get("second_over", "")),
            qa_percent=_kept(form.get("qa_percent", "")),
        )

    def after(self, deed: str) -> Form:
        """The form after one of its buttons: `add`, or `up`, `down` or `remove` with the key of a row."""
        what, _, key = deed.partition("-")
        if what == "add" and len(self.rows) < CLAUSES_MOST:
            new = str(max((int(row.key) for row in self.rows), default=-1) + 1)
            return replace(self, rows=(*self.rows, Row(new, grounds=(Ground.TERMS.value,))))
        place = next((place for place, row in enumerate(self.rows) if row.key == key), None)
        if place is None:
            return self
        rows = list(self.rows)
        moved = rows.pop(place)
        if what != "remove":
            rows.insert(max(place + {"up": -1, "down": 1}.get(what, 0), 0), moved)
        return replace(self, rows=tuple(rows))

    def draft(self) -> Draft:
        """The draft that it stands for; what is no number there is one that cannot be."""
        return Draft(
            clauses=tuple(row.clause() for row in self.rows),
            second_for_editorial=self.second_for_editorial,
            second_over=_second_over(self.second_over),
            qa_percent=_percent(self.qa_percent),
        )

    def checked(self, translate: Any) -> Form:
        """The form with what is wrong in it, at its fields."""
        wrong = {
            (fault.field, "" if fault.clause is None else self.rows[fault.clause].key): translate(FAULTS[fault.field])
            for fault in faults(self.draft())
        }
        return replace(self, errors=wrong)

    def error(self, name: str, key: str = "") -> str | None:
        """What is wrong with a field."""
        return self.errors.get((name, key))


def _kept(typed: str) -> str:
    """What was typed, if the database can keep it."""
    return typed if text_fault(typed) is None else ""


def _whole(typed: str) -> int | None:
    stripped = typed.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 10 else None


def _second_over(typed: str) -> int | None:
    """The number typed, and one that cannot be where that is none; None where nothing was."""
    if not typed.strip():
        return None
    whole = _whole(typed)
    return SECOND_OVER_MOST + 1 if whole is None else whole


def _percent(typed: str) -> float:
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return -1.0
