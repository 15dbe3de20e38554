"""A terminal that shows a picture, redrawn where it changed and left as it was found."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from moderation_service.demo.readers.picture import Line, Look

# Select Graphic Rendition (ECMA-48): colours that every terminal has, on whatever background.
STYLES = {Look.PLAIN: "", Look.HEAD: "1", Look.QUIET: "2", Look.BAD: "31", Look.WARN: "33"}
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J", "\x1b[?25h\x1b[?1049l"


class Screen:
    """Draws on a terminal; only the lines that differ from the picture before are written."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._shown: list[Line] = []
        self._size = (0, 0)

    def draw(self, picture: Callable[[int, int], Sequence[Line]]) -> None:
        """Show what `picture` makes for the columns and rows there are."""
        size = tuple(shutil.get_terminal_size())
        if size != self._size:
            self._size, self._shown = (size[0], size[1]), []
            self._out.write("\x1b[2J")
        lines = list(picture(size[0], size[1]))
        for row in range(max(len(lines), len(self._shown))):
            line = lines[row] if row < len(lines) else Line("")
            if row >= len(self._shown) or self._shown[row] != line:
                self._out.write(f"\x1b[{row + 1};1H\x1b[{STYLES[line.look]}m{line.text}\x1b[0m\x1b[K")
        self._shown = lines
        self._out.flush()


@contextmanager
def shown_on(out: TextIO) -> Iterator[Screen]:
    """A screen of its own in a terminal; what stood there before is back at the end."""
    out.write(ENTER)
    try:
        yield Screen(out)
    finally:
        out.write(LEAVE)
        out.flush()
