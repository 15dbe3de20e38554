"""Fields of forms, read one by one: shape only, as the API's schemas have it."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from moderation_service.api.current import person, services
from moderation_service.articles.content import text_fault
from moderation_service.errors import Invalid
from moderation_service.sites import signing_in
from moderation_service.sites.models import Moderator


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
    services().limits.hit("login", "account " + who.username.lower())
    return signing_in.check_password(session, username=who.username, password=request.form.get("password", "")[:1000])
