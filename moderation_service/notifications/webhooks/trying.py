"""Whether an endpoint works, asked before it is needed: its address looked at, and an event sent that says nothing."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.orm import Session

from moderation_service import outbound
from moderation_service.config import Settings
from moderation_service.db import utcnow
from moderation_service.errors import Invalid
from moderation_service.notifications.channels import Message
from moderation_service.notifications.channels.webhook import address_fault
from moderation_service.notifications.models import Endpoint
from moderation_service.notifications.secrets import signing_secrets
from moderation_service.sites.models import Site

TEST = "webhook.test"
# Why an address is refused; `because` of the problem.
UNKNOWN, PRIVATE = "unknown_host", "private_address"


def check_address(url: str, settings: Settings) -> None:
    """Nothing, when events may be sent to this address; names are looked up, so no transaction is open around this.

    Each send looks again, since a name may stand for another machine by then.

    Raises:
        Invalid: it is no web address, nobody knows its host, or that is in a network where nothing may be sent.
    """
    fault = address_fault(url)
    if fault is not None:
        raise Invalid(f"The address {fault}", field="url")
    try:
        outbound.require_callable(url, allow_private=settings.webhook_allow_private)
    except outbound.NotReached as error:
        raise Invalid(str(error), field="url", because=UNKNOWN) from error
    except outbound.Refused as error:
        raise Invalid(str(error), field="url", because=PRIVATE) from error


def sample(session: Session, endpoint: Endpoint) -> Message:
    """An event that nothing happened for, signed as others are; to be sent at once, and kept nowhere.

    What it tells has the shape of all others, so that a receiver made for those takes it too.
    """
    site = session.get_one(Site, endpoint.site_id)
    return Message(
        uid=uuid4(),
        recipient=endpoint.url,
        kind=TEST,
        subject=TEST,
        facts={
            "site": site.slug,
            "article": {"external_id": None, "url": None},
            "sequence": 0,
            "case_id": 0,
            "endpoint_id": endpoint.id,
            "links": {},
        },
        created_at=utcnow(session),
        secrets=signing_secrets(session, endpoint.site_id),
    )
