"""The plain text of what others write as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from moderation_service.articles.content import text_fault

# After these a line ends.
BLOCKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
SILENT = frozenset({"script", "style"})
_LINE_ENDS = re.compile(r"\s*\n\s*")
_BLANKS = re.compile(r"[^\S\n]+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  HTMLParser's signature
        self._silent += tag in SILENT
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT and self._silent > 0
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def plain_text(markup: str, *, longest: int) -> str:
    """What a reader of this HTML reads, without letters that no text here may have, cut at `longest` characters."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    told = "".join(letter for letter in "".join(reader.words) if letter == "\n" or text_fault(letter) is None)
    told = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", told)).strip()
    return told if len(told) <= longest else told[: longest - 1].rstrip() + "…"
