"""Where a site's own systems are told of what happens, for those who administer the site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.administration.sites import own_site
from moderation_service.errors import Conflict
from moderation_service.notifications.models import Endpoint
from moderation_service.notifications.webhooks import endpoints
from moderation_service.sites.people import Person


def own_endpoint(session: Session, person: Person, slug: str, endpoint_id: int) -> Endpoint:
    """An endpoint of a site that a person administers, locked.

    Raises:
        NotFound: as `own_site`, or the site has no such endpoint.
        Forbidden: he is no admin there.
    """
    return endpoints.one(session, own_site(session, person, slug).id, endpoint_id)


def change_endpoint(
    session: Session, person: Person, slug: str, endpoint_id: int, changes: endpoints.Changes, *, seen: str
) -> None:
    """An admin changes an endpoint; `seen` is the `state_of` it that he looked at.

    Raises:
        NotFound: as `own_endpoint`.
        Forbidden: as `own_endpoint`.
        Conflict: it was changed since, by somebody else or by itself.
    """
    endpoint = own_endpoint(session, person, slug, endpoint_id)
    if endpoints.state_of(session, endpoint) != seen:
        raise Conflict("This endpoint was changed in the meantime")
    endpoints.change(session, endpoint, changes, actor=person.actor)
