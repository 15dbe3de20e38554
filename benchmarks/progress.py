"""Show that something is going on, and how far it is."""

from __future__ import annotations

import sys
import time


class Progress:
    """One line on standard error, rewritten on a terminal, one line each time otherwise."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def say(self, words: str) -> None:
        """What is being done now."""
        line = f"{time.monotonic() - self._started:6.0f} s  {words}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{line}")
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line to what is printed next."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
