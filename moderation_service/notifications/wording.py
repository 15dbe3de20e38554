"""What notices say: pure functions from a kind and its facts to paragraphs, and from those to text and HTML.

Facts hold words that readers and sites chose, headlines for example. They stand as they are, on one line each, and are
never taken for markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A paragraph that leads somewhere."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A paragraph in somebody else's words, in whichever language those are."""

    words: str


Paragraph = str | Link | Quoted

# Readable at any width, in the colours of the reader's program.
STYLE = 'style="max-width: 36em; margin: 1em auto; padding: 0 1em; font: 1em/1.5 sans-serif"'

_SPACE = re.compile(r"\s+")
_LINK = re.compile(r"https?://[^\s<>\"]+")
# Comparisons as a rule writes them; other operators are words already.
_OPERATORS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "in": "one of"}


def paragraphs(kind: str, facts: Facts) -> list[Paragraph]:
    """What a notice of this kind says; of a kind without words of its own, each fact by its name."""
    return list(_WORDS.get(kind, _each_fact)(facts))


def to_json(paragraph: Paragraph) -> Any:
    """A paragraph as it is kept among the facts of a notice that was put into words when it was noted."""
    return paragraph if isinstance(paragraph, str) else asdict(paragraph)


def _from_json(kept: Any) -> Paragraph:
    """The same, from what is kept."""
    if isinstance(kept, str):
        return kept
    return Link(**kept) if "url" in kept else Quoted(**kept)


def as_text(paragraphs: Sequence[Paragraph]) -> str:
    """Paragraphs as plain text."""
    return "\n\n".join(map(_as_text, paragraphs)) + "\n"


def _as_text(paragraph: Paragraph) -> str:
    if isinstance(paragraph, Link):
        return f"{paragraph.words}:\n{paragraph.url}"
    return paragraph.words if isinstance(paragraph, Quoted) else paragraph


def as_html(title: str, paragraphs: Sequence[Paragraph], language: str = "en") -> str:
    """Paragraphs as an HTML page that loads nothing."""
    body = "\n".join(map(_as_element, paragraphs))
    head = f'<meta charset="utf-8"><title>{html.escape(one_line(title))}</title>'
    return f'<!doctype html>\n<html lang="{language}"><head>{head}</head>\n<body {STYLE}>\n{body}\n</body></html>\n'


def one_line(words: object) -> str:
    """Words on one line, with nothing in them that steers a reader's program or turns its direction."""
    return "".join(char for char in _SPACE.sub(" ", str(words)) if char.isprintable()).strip()


def _rule_fired(facts: Facts) -> list[str]:
    """A rule met its conditions on a case: which, on what article, why it exists, what it saw and what it did."""
    rule = f"{one_line(facts['rule'])}, version {one_line(facts['version'])}"
    article = facts.get("article") or {}
    return [
        f"The rule {rule}, fired on case {one_line(facts['case_id'])}.",
        *(one_line(article[name]) for name in ("title", "url") if article.get(name)),
        *([f"Why there is this rule: {one_line(facts['because'])}"] if facts.get("because") else []),
        *(f"It saw: {_seen(seen)}" for seen in facts.get("facts") or () if seen["met"]),
        *_done(facts.get("actions") or ()),
    ]


def _seen(seen: Facts) -> str:
    asked_for = f"{_OPERATORS.get(seen['operator'], seen['operator'])} {_value(seen['wanted'])}"
    return one_line(f"{seen['words']}: {_value(seen['value'])} (asked for: {asked_for})")


def _done(actions: Sequence[Facts]) -> list[str]:
    """What was done, on one line, and what was not, on another."""
    done = [_name(action) for action in actions if action.get("done", True)]
    left = [f"{_name(action)} ({one_line(action['because'])})" for action in actions if not action.get("done", True)]
    lines = (("It did", ", ".join(done)), ("It did not", "; ".join(left)))
    return [f"{which}: {words}." for which, words in lines if words]


def _name(action: Facts) -> str:
    return one_line(action["do"]).replace("_", " ")


def _each_fact(facts: Facts) -> list[str]:
    return [f"{one_line(name).replace('_', ' ')}: {_value(value)}" for name, value in facts.items()]


def _value(value: object) -> str:
    """A fact as people write it."""
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{one_line(name)}: {_value(part)}" for name, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_value(part) for part in value)
    return "-" if value is None else one_line(value)


def _as_element(paragraph: Paragraph) -> str:
    """A paragraph as an element; what is quoted says that its language is not known, or it is read out in another."""
    if isinstance(paragraph, Quoted):
        return f'<blockquote lang="" dir="auto">{html.escape(paragraph.words)}</blockquote>'
    return f"<p>{_linked(paragraph)}</p>"


def _linked(paragraph: str | Link) -> str:
    """A paragraph as HTML; one that is an address and nothing else becomes a link."""
    if isinstance(paragraph, str) and _LINK.fullmatch(paragraph) is None:
        return html.escape(paragraph)
    link = paragraph if isinstance(paragraph, Link) else Link(paragraph, paragraph)
    return f'<a href="{html.escape(link.url)}" rel="noreferrer">{html.escape(link.words)}</a>'


def _in_words_already(facts: Facts) -> list[Paragraph]:
    return [_from_json(one) for one in facts["paragraphs"]]


_WORDS: dict[str, Callable[[Facts], Sequence[Paragraph]]] = {
    "rule.fired": _rule_fired,
    "flag.receipt": _in_words_already,
    "flag.outcome": _in_words_already,
}
