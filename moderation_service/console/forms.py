"""Fields of forms, read one by one: shape only, as the API's schemas have it."""

from __future__ import annotations

from collections.abc import Container

from flask import request
from sqlalchemy.orm import Session

from moderation_service.api.current import person, services
from moderation_service.articles.content import text_fault, url_fault
from moderation_service.console.words import later
from moderation_service.errors import Invalid
from moderation_service.sites import people, signing_in
from moderation_service.sites.models import Moderator

BLANK = later("Nothing is written there yet")


def text(name: str, *, longest: int, shortest: int = 1) -> str:
    """A field's text, which the database can keep.

    Raises:
        Invalid: it is missing, too long, or no text we keep.
    """
    value = request.form.get(name, "")
    fault = text_fault(value)
    if fault is None and not shortest <= len(value) <= longest:
        fault = f"has {shortest} to {longest} characters"
    if fault is not None:
        raise Invalid(f"The field {name} {fault}", field=name)
    return value


def line(name: str, *, longest: int) -> str:
    """The same, without the white space around it.

    Raises:
        Invalid: as `text`, or nothing but white space is there.
    """
    value = text(name, longest=longest, shortest=0).strip()
    if not value:
        raise Invalid(BLANK, field=name)
    return value


def lines(name: str, *, longest: int) -> list[str]:
    """The lines of a field that are not empty.

    Raises:
        Invalid: as `text`.
    """
    return [stripped for row in text(name, longest=longest, shortest=0).splitlines() if (stripped := row.strip())]


def address(name: str) -> str | None:
    """The web address in a field; None where it is empty.

    Raises:
        Invalid: it is none.
    """
    value = request.form.get(name, "").strip()
    fault = url_fault(value) if value else None
    if fault is not None:
        raise Invalid(f"The field {name} {fault}", field=name)
    return value or None


def number(name: str) -> int:
    """A whole number from a form.

    Raises:
        Invalid: it is none.
    """
    value = text(name, longest=18).strip()
    if not (value.isascii() and value.isdigit()):
        raise Invalid(f"The field {name} is a number", field=name)
    return int(value)


def share(name: str) -> float:
    """A share of 1, typed as per cent; a comma is taken for a point.

    Raises:
        Invalid: it is no number.
    """
    try:
        return round(float(text(name, longest=18).replace(",", ".")) / 100, 9)
    except ValueError as error:
        raise Invalid(f"The field {name} is a number", field=name) from error


def one_of(name: str, choices: Container[str]) -> str:
    """A choice from a list.

    Raises:
        Invalid: it is not on it.
    """
    value = request.form.get(name, "")
    if value not in choices:
        raise Invalid(f"The field {name} is none of its choices", field=name)
    return value


def switch(name: str) -> bool:
    """Whether a box is ticked."""
    return name in request.form


def confirmed_by_password(session: Session) -> Moderator:
    """The person who is signed in, who has typed his password into the field `password` once more.

    Raises:
        Unauthenticated: it is not his.
        RateLimited: he has tried too often; counted with his sign-ins.
    """
    who = person()
    services().limits.hit("login", "account " + people.folded(who.username))
    return signing_in.check_password(session, username=who.username, password=request.form.get("password", "")[:1000])
