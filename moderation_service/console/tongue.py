"""What rooms explain, said in the language of this request."""

from __future__ import annotations

import math

from moderation_service.console import words
from moderation_service.triage.explain import Why


class _Spoken:
    """The language of this request, as `triage.tongue` asks for it."""

    gettext = staticmethod(words._)
    ngettext = staticmethod(words.ngettext)

    @staticmethod
    def number(value: float, digits: int | None = 0) -> str:
        """A number as the language writes it."""
        if digits is None:
            digits = max(1 - math.floor(math.log10(value)), 0) if value > 0 else 0
        return words.number(value, digits)


_SPOKEN = _Spoken()


def said(why: Why) -> str:
    """Why a case stands where it does."""
    return why.said(_SPOKEN)
