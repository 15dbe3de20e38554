"""The plain text of what others write as HTML."""

from __future__ import annotations

import html
import re

from moderation_service.articles.content import text_fault

# After these a line ends.
BLOCKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
SILENT = frozenset({"script", "style"})
# A tag, a comment or a declaration ends before the next `<`, and nothing is ever looked at twice: Python's own reader
# of HTML takes minutes for some texts of 60 kB, and whoever sends one need not even have signed it.
_MARKUP = re.compile(
    r"""<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*+)(?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+>|<[!?][^<>]*+>"""
)
_ENDLESS = re.compile(r"&#[0-9]{8,};?")  # no letter has such a number, and Python reads no number of any length
_LINE_ENDS = re.compile(r"\s*\n\s*")
_BLANKS = re.compile(r"[^\S\n]+")


def plain_text(markup: str, *, longest: int) -> str:
    """What a reader of this HTML reads, without letters that no text here may have, cut at `longest` characters."""
    words = html.unescape(_ENDLESS.sub("", _without_markup(markup)))
    told = "".join(letter for letter in words if letter == "\n" or text_fault(letter) is None)
    told = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", told)).strip()
    return told if len(told) <= longest else told[: longest - 1].rstrip() + "…"


def _without_markup(markup: str) -> str:
    words, silent, place = list[str](), 0, 0
    for found in _MARKUP.finditer(markup):
        words.append("" if silent else markup[place : found.start()])
        place, tag = found.end(), (found["tag"] or "").lower()
        words.append("\n" if tag in BLOCKS else "")
        if tag in SILENT:
            silent = max(0, silent + (-1 if found["end"] else 1))
    words.append("" if silent else markup[place:])
    return "".join(words)
