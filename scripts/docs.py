"""Renew the parts of README.md that are made from the code and from the last run of the benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path

from moderation_service.config import settings_table
from moderation_service.triage.rules.reference import as_markdown
from moderation_service.widget import script

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BENCHMARKS = ROOT / "benchmarks" / "results" / "latest.md"


def renewed(readme: str) -> str:
    """The README with its generated parts as they should be."""
    tag = script.tag("https://flags.example", "pk_…")
    parts = {"settings": settings_table(), "rules": as_markdown(), "widget": f"```html\n{tag}\n```"}
    if BENCHMARKS.exists():
        parts["benchmarks"] = BENCHMARKS.read_text(encoding="utf-8").strip()
    for name, text in parts.items():
        before, start, rest = readme.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        readme = f"{before}{start}{text}\n{end}{after}"
    return readme


def main() -> None:
    """Write README.md anew; `--check` only says whether it is up to date."""
    readme = README.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        sys.exit(0 if readme == renewed(readme) else "README.md is out of date; run `make docs`")
    README.write_text(renewed(readme), encoding="utf-8")


if __name__ == "__main__":
    main()
