"""Assemble the readers' script from its sources and its words.

`--check` only says whether the file is up to date. The sources are ES modules, so that each says what it needs of the
others; a page loads one classic script, in which all of them stand in one function and nothing is seen from outside.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from moderation_service.policy.readers import ILLEGAL, OFFERED
from moderation_service.tongues import languages, words
from moderation_service.widget.script import FILE, FOLDER

SOURCE = FOLDER / "source"
ENTRY = "flag-content.js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z-]+\.js)";\n', re.MULTILINE)
OF_TONGUES = re.compile(r'^import \{[^}]*\} from "tongues";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)
# Comments on lines of their own, and what indents a line: a sixth of what is sent, and read in the sources.
ASIDE = re.compile(r"^[ \t]*(//.*|/\*\*.*\*/)?\n|^[ \t]+", re.MULTILINE)
WORD = re.compile(r"\bwords\.([a-z_]+)")
HEAD = """\
// <flag-content>: lets readers flag an article, a part of it, or words in it. Licence: Apache-2.0.
// Assembled by scripts/widget.py from widget/source and tongues; change those.
(() => {
"use strict";
"""


def assembled() -> str:
    """The script as it should be."""
    sources = dict(_in_order(ENTRY, set()))
    told = {"WORDS": _words("".join(sources.values())), "OFFERED": OFFERED, "ILLEGAL": ILLEGAL}
    data = "".join(f"const {name} = {_json(value)};\n" for name, value in told.items())
    return f"{HEAD}\n{data}\n" + "\n".join(_bare(text) for text in sources.values()) + "})();\n"


def _in_order(name: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    """A source after those that it imports, each once."""
    seen.add(name)
    text = (SOURCE / name).read_text(encoding="utf-8")
    for imported in IMPORT.findall(text):
        if imported not in seen:
            yield from _in_order(imported, seen)
    yield name, text


def _bare(text: str) -> str:
    for statement in (IMPORT, OF_TONGUES, EXPORT, ASIDE):
        text = statement.sub("", text)
    return text


def _words(sources: str) -> dict[str, dict[str, str]]:
    """By language, the words that the sources ask for; KeyError when nobody has written them."""
    asked = sorted(set(WORD.findall(sources)))
    reasons = dict.fromkeys((*OFFERED, *ILLEGAL))
    return {
        language: {key: words(language, "flagging")[key] for key in asked}
        | {f"reason_{reason.value}": words(language, "reasons")[reason.value] for reason in reasons}
        for language in languages()
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Write the script anew, or with `--check` say whether it is up to date."""
    script = assembled()
    if "--check" in sys.argv:
        sys.exit(0 if FILE.read_text(encoding="utf-8") == script else f"{FILE.name} is out of date; run `make widget`")
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(script, encoding="utf-8")


if __name__ == "__main__":
    main()
