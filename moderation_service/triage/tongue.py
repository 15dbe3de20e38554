"""What it takes to say something in a language: its messages, and how it writes numbers."""

from __future__ import annotations

from typing import Protocol


def later(message: str) -> str:
    """Mark a message that is said where it is used."""
    return message


class Tongue(Protocol):
    """A language. Messages are those of the sources, which are English, and have places such as `%(name)s`."""

    def gettext(self, message: str) -> str:
        """A message in this language."""
        ...

    def ngettext(self, one: str, many: str, n: int) -> str:
        """A message about a number of things."""
        ...

    def number(self, value: float, digits: int | None = 0) -> str:
        """A number with so many digits behind its point; with None, with the two that matter most."""
        ...


class English:
    """The sources' own language."""

    def gettext(self, message: str) -> str:
        """The message itself."""
        return message

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The message itself."""
        return one if n == 1 else many

    def number(self, value: float, digits: int | None = 0) -> str:
        """With commas between thousands."""
        return f"{value:.2g}" if digits is None else f"{value:,.{digits}f}"


ENGLISH: Tongue = English()
