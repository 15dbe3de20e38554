"""What readers are told, in their language: the words of the dialog, the form, the receipt and the mails.

Each language is a folder here, of the same files with the same keys; another one needs no code. The words are data and
not gettext messages because half of them travel inside a script. Moderators' words are the console's own catalogues.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent
SOURCE = "en"  # what is spoken to whoever reads none of the others

Words = Mapping[str, str]


@cache
def languages() -> tuple[str, ...]:
    """Every language there is, by its code; the first is spoken where none fits."""
    return (SOURCE, *sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and _is_another(path.name)))


def _is_another(name: str) -> bool:
    return name != SOURCE and name.isalpha()


@cache
def words(language: str, part: str) -> Words:
    """The words of one part (`reasons`, `flagging`, `form`, `receipt`, `item`, `mail`) in a language, by their keys."""
    told: dict[str, str] = json.loads((FOLDER / language / f"{part}.json").read_text(encoding="utf-8"))
    return MappingProxyType(told)


def closest(*tags: str | None) -> str:
    """The language to speak to somebody who prefers these, the best first: `de-AT` is answered in German."""
    codes = ((tag or "").replace("_", "-").partition("-")[0].lower() for tag in tags)
    return next((code for code in codes if code in languages()), SOURCE)
