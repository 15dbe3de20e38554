"""Many small steps of one request, a transaction for each: what one comes to does not depend on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from moderation_service.api import problems
from moderation_service.api.current import transaction
from moderation_service.errors import DomainError

Item = TypeVar("Item")
Made = TypeVar("Made")


def one_by_one(items: Iterable[Item], step: Callable[[Session, Item], Made]) -> Iterator[Made | DomainError]:
    """What the step makes of each item, in their order, or why it was refused.

    One that others hold too long must not cost the answers of those that are done already, so it is refused as well.
    """
    for item in items:
        try:
            with transaction() as session:
                made = step(session, item)
        except DomainError as refused:
            yield refused
        except (DBAPIError, PoolTimeout) as error:
            outage = problems.of_outage(error)
            if outage is None:
                raise
            yield outage
        else:
            yield made
