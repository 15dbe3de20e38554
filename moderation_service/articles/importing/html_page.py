"""Find the JSON-LD in an HTML page."""

from __future__ import annotations

from html.parser import HTMLParser

from moderation_service.articles.importing.draft import Line, UnreadablePage


def json_ld_scripts(text: str) -> list[Line]:
    """The text of each `<script type="application/ld+json">`, with the line it begins on.

    Raises:
        UnreadablePage: the standard library's parser gives the page up.
    """
    finder = _Finder()
    try:
        finder.feed(text)
        finder.close()
    except AssertionError as error:
        # How html.parser reports a malformed `<![...` section since Python 3.10.
        raise UnreadablePage(finder.getpos()[0], f"not HTML: {error}") from error
    return [Line(number, "".join(pieces)) for number, pieces in finder.scripts]


class _Finder(HTMLParser):
    """Keeps the pieces of each JSON-LD script; the parser may hand one over in several."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[int, list[str]]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
        self._inside = tag == "script" and kind == "application/ld+json"
        if self._inside:
            lines_of_tag = (self.get_starttag_text() or "").count("\n")
            self.scripts.append((self.getpos()[0] + lines_of_tag, []))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - a script holds no other tag
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1][1].append(data)
