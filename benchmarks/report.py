"""The numbers as a table, with what was aimed at and whether it was met."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, kw_only=True)
class Number:
    """One measured number; `spread` and `note` say how far to trust it.

    With `at_least` or `at_most` it was aimed at; with neither it is for information.
    """

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    spread: tuple[float, float] | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the aim was met; None where there was none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        if self.at_most is not None:
            return self.value <= self.at_most
        return None

    @property
    def aim(self) -> str:
        """The aim in words."""
        if self.at_least is not None:
            return f"at least {_plain(self.at_least)}"
        return "" if self.at_most is None else f"at most {_plain(self.at_most)}"

    def measured(self) -> str:
        """The value with its unit and its spread."""
        words = f"{_plain(self.value)} {self.unit}".rstrip()
        return words if self.spread is None else f"{words} ({_plain(self.spread[0])} to {_plain(self.spread[1])})"


def table(numbers: Iterable[Number]) -> str:
    """The numbers as a Markdown table."""
    met = {True: "yes", False: "**no**", None: ""}
    rows = [f"| {n.name} | {n.measured()} | {n.aim} | {met[n.met]} | {n.note} |" for n in numbers]
    return "\n".join(["| what | measured | aim | met | remarks |", "|---|---|---|---|---|", *rows])


def page(numbers: Sequence[Number], machine: Mapping[str, str], *, quick: bool) -> str:
    """The whole result as a Markdown page."""
    facts = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    warning = "A quick run: too short to be quoted.\n\n" if quick else ""
    return f"{warning}{table(numbers)}\n\n{facts}\n"


def write(numbers: Sequence[Number], machine: Mapping[str, str], *, quick: bool) -> None:
    """Keep the result as `results/latest.md` and `results/latest.json`."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.md").write_text(page(numbers, machine, quick=quick), encoding="utf-8")
    kept = {
        "machine": dict(machine),
        "quick": quick,
        "numbers": [dataclasses.asdict(number) | {"met": number.met} for number in numbers],
    }
    (RESULTS / "latest.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def _plain(value: float) -> str:
    """Three digits that matter, or a whole number with its thousands set apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
