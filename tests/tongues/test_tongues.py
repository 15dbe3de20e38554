"""The words for readers are whole in each language."""

from __future__ import annotations

import re

import pytest

from moderation_service.policy.vocabulary import Reason
from moderation_service.tongues import FOLDER, SOURCE, closest, languages, words
from moderation_service.widget.script import FILE as SCRIPT
from moderation_service.widget.script import FOLDER as WIDGET

PARTS = sorted(path.stem for path in (FOLDER / SOURCE).glob("*.json"))
PLACES = re.compile(r"\{[a-z_]*\}")
ASKED = re.compile(r"""\bwords\.([a-z_]+)|["']([a-z_]+)["']""")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", languages())
def test_each_language_has_each_word_with_the_same_places_in_it(language: str, part: str) -> None:
    source, told = words(SOURCE, part), words(language, part)
    assert list(told) == list(source)
    assert {key: sorted(PLACES.findall(text)) for key, text in told.items()} == {
        key: sorted(PLACES.findall(text)) for key, text in source.items()
    }
    assert all(text.strip() for text in told.values())


def test_every_word_of_the_dialog_is_asked_for() -> None:
    """By the script or by the form without one; the keys of other parts are put together by who asks."""
    sources = (path for kind in ("js", "py", "html") for path in WIDGET.rglob(f"*.{kind}") if path != SCRIPT)
    asked = {key for path in sources for found in ASKED.findall(path.read_text(encoding="utf-8")) for key in found}
    assert set(words(SOURCE, "flagging")) <= asked


def test_every_reason_has_its_words() -> None:
    assert set(words(SOURCE, "reasons")) == {reason.value for reason in Reason}


@pytest.mark.parametrize(
    ("tags", "language"),
    [(("de-AT",), "de"), (("fr", "de_CH"), "de"), (("fr",), "en"), ((None, ""), "en"), (("EN-gb", "de"), "en")],
)
def test_somebody_is_spoken_to_in_the_closest_language(tags: tuple[str | None, ...], language: str) -> None:
    assert closest(*tags) == language
