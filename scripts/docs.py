"""Renew the parts of README.md that are made from the code and from the last run of the benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path

from moderation_service.config import settings_table
from moderation_service.triage.rules.reference import as_markdown
from moderation_service.widget import script, snippet

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BENCHMARKS = ROOT / "benchmarks" / "results" / "latest.md"

# Where `make run` is reached, and the page that the README adds a button to; the shell puts the key in.
HERE = "http://127.0.0.1:8000"
PAGE = """\
mkdir -p /tmp/lighthouse; cat > /tmp/lighthouse/index.html <<END
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Fog horn falls silent</title>
{head}
</head>
<body>
<article>
<h1 data-flag-part="headline">Fog horn falls silent</h1>
<p data-flag-part="p1">The horn on the north pier sounded for the last time on Sunday.</p>
<p data-flag-part="p2">Ships now steer by the moon, says a man who sells telescopes.</p>
{button}
</article>
</body>
</html>
END
"""


def page() -> str:
    """The commands that write an HTML file with the button in it."""
    button = snippet.element(HERE, "lighthouse", "fog-horn")
    return PAGE.format(head=snippet.head(HERE, "$READER"), button=button)


def renewed(readme: str) -> str:
    """The README with its generated parts as they should be."""
    tag = script.tag("https://flags.example", "pk_…")
    parts = {"page": f"```sh\n{page()}```"}
    parts |= {"settings": settings_table(), "rules": as_markdown(), "widget": f"```html\n{tag}\n```"}
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
