"""Where a site's own systems are told of what happens, for those who administer the site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.administration.sites import own_site
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
