"""Bring the console's catalogues in line with its messages; what is new is left empty for a translator.

`--check` only says whether they are in line and whole. Another language: make its folder under `console/locale/` and
run this.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from moderation_service.console import words

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "moderation_service" / "console"
# What a room says in whichever language it is asked for.
EXPLAINED = ROOT / "moderation_service" / "triage" / "explain.py"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = DEFAULT_KEYWORDS | {"later": None}
# No dates and no line numbers: a catalogue changes when its messages do.
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {}\\n"\n\n'
)


def template() -> Catalog:
    """Every message of the console's sources, and of what it says for others."""
    found = Catalog()
    for file, _, message, comments, context in extract_from_dir(
        CONSOLE, METHODS, OPTIONS, KEYWORDS, comment_tags=["translators:"], strip_comment_tags=True
    ):
        place = f"moderation_service/console/{Path(file).as_posix()}"
        found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    place = EXPLAINED.relative_to(ROOT).as_posix()
    for _, message, comments, context in extract_from_file("python", EXPLAINED, KEYWORDS):
        found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return found


def codes() -> list[str]:
    """The languages that have a catalogue."""
    return [code for code in words.languages() if code != words.SOURCE]


def renewed(code: str) -> str:
    """A language's catalogue as it should be: what was translated stays, what nobody says any more goes."""
    catalogue = _read(code)
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False, sort_output=True, omit_header=True)
    return HEADER.format(code, catalogue.plural_forms) + written.getvalue().decode().strip() + "\n"


def untranslated(code: str) -> list[str]:
    """The messages that a language has no words for, or words with other places to fill in."""
    catalogue = _read(code)
    found = []
    for message in template():
        known = catalogue.get(message.id, message.context)
        said = () if known is None else known.string if isinstance(known.string, tuple) else (known.string,)
        if message.id and (not all(said) or not said or known is None or any(True for _ in known.check(catalogue))):
            found.append(str(message.id))
    return found


def _read(code: str) -> Catalog:
    path = words.catalogue_path(code)
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code, ignore_obsolete=True)


def main() -> None:
    """Write the catalogues anew, and say what is still to be translated."""
    missing = {code: untranslated(code) for code in codes()}
    stale = [code for code in codes() if words.catalogue_path(code).read_text(encoding="utf-8") != renewed(code)]
    if "--check" not in sys.argv:
        for code in stale:
            words.catalogue_path(code).write_text(renewed(code), encoding="utf-8")
        stale = []
    for code, messages in missing.items():
        for message in messages:
            print(f"{code}: {message}")
    sys.exit(f"out of date: {', '.join(stale)}; run scripts/catalogues.py" if stale else 0)


if __name__ == "__main__":
    main()
