"""The language of a reader's page, its words, and the moments it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from babel import Locale
from flask import request

from moderation_service import tongues
from moderation_service.policy.vocabulary import Reason
from moderation_service.tongues import moments


def language() -> str:
    """The language of this request: the one that its address asks for, else the browser's, else English."""
    return tongues.closest(request.args.get("lang"), *request.accept_languages.values())


def chosen() -> str | None:
    """The language that this request's address asks for, to be kept in addresses it leads to; None for none."""
    return request.args.get("lang") if request.args.get("lang") in tongues.languages() else None


@cache
def names() -> dict[str, str]:
    """Every language there is, by its code, named in itself."""
    return {code: Locale.parse(code).get_display_name(code) or code for code in tongues.languages()}


def say(part: str, key: str, **places: object) -> str:
    """Words of one part of the tongue of this request, with its places filled."""
    return tongues.words(language(), part)[key].format(**places)


def moment(at: datetime) -> str:
    """A moment in words."""
    return moments.moment(at, language())


def reasons(offered: Iterable[Reason]) -> list[tuple[str, str]]:
    """Reasons with their words."""
    return [(reason.value, say("reasons", reason.value)) for reason in offered]
