"""What readers write when they flag: few words, from `words.json`, in the language of the article."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from moderation_service.demo.readers.events import Quote
from moderation_service.demo.world import Merit

EXACT = 0.85  # readers who find the very reason; the others take one near it
AROUND = 32  # characters before and after the words that are quoted


@cache
def words() -> Any:
    """All that is in the file."""
    return json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))


def honest_reason(merit: Merit, chance: Random) -> str:
    """The reason that somebody with good judgement gives."""
    near: list[str] = words()["near"][merit.reason]
    return merit.reason if chance.random() < EXACT else chance.choice(near)


def honest_comment(merit: Merit, language: str, chance: Random) -> str:
    """What somebody with good judgement writes."""
    return _one(words()["honest"][merit.reason][language], chance)


def noisy_reason(chance: Random) -> str:
    """The reason that somebody gives who has none."""
    return _one(words()["noisy"]["reasons"], chance)


def noisy_comment(language: str, chance: Random) -> str:
    """What somebody writes who does not like an article."""
    return _one(words()["noisy"][language], chance)


def brigade_comment(language: str, chance: Random) -> str:
    """What everybody of a brigade writes, each in almost the same words."""
    return " ".join(_one(slot, chance) for slot in words()["brigade"][language])


def explanation(language: str, chance: Random) -> str:
    """Why something is illegal."""
    return _one(words()["notice"][language], chance)


def quote_from(text: str, chance: Random) -> Quote:
    """One sentence of a text, as if somebody had marked it."""
    sentences = list(re.finditer(r"\S.*?(?:[.!?]+(?=\s)|$)", text))
    start, end = chance.choice(sentences).span()
    return Quote(text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND])


def _one(of: list[str], chance: Random) -> str:
    return chance.choice(of)
