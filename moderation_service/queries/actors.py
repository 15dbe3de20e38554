"""Who acted, as people call them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from moderation_service.sites.people import names_of

_MODERATOR = "moderator:"


def actor_names(session: Session, actors: Collection[str]) -> dict[str, str]:
    """By actor, what people call him: a moderator by his name, an operator's account and the service as they are."""
    numbers = {actor: int(actor.removeprefix(_MODERATOR)) for actor in actors if actor.startswith(_MODERATOR)}
    known = names_of(session, list(numbers.values())) if numbers else {}
    return {actor: known.get(numbers.get(actor, 0), actor) for actor in actors}
