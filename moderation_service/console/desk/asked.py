"""Which cases an address asks for: filters live in the URL, so that a view of the queue can be kept and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from moderation_service.articles.content import text_fault
from moderation_service.console.words import later
from moderation_service.errors import Invalid
from moderation_service.policy.vocabulary import Reason
from moderation_service.queries import QueueFilter
from moderation_service.sites.people import Person, site_for

NO_MOMENT = later("This is no date and time, such as 2026-11-22 14:30.")
LONGEST = 200
IDS_MOST = 100
EARLIEST, LATEST = 2000, 2200  # years; others are typing errors
CHOICES = {
    "state": ("open", "closed"),
    "held": ("any", "free", "mine"),
    "escalated": ("yes", "no"),
    "reason": tuple(reason.value for reason in Reason),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address; one that is empty leaves out nothing."""

    site: str = ""
    state: str = ""
    held: str = ""
    escalated: str = ""
    reason: str = ""
    queue: str = ""
    search: str = ""

    def address(self) -> dict[str, str]:
        """Those that are set, as they stand in a URL."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}

    def filters(self) -> dict[str, str]:
        """Those of them that leave something out: open cases are what the queue shows by itself."""
        return {name: value for name, value in self.address().items() if (name, value) != ("state", "open")}

    @classmethod
    def kept(cls, filters: Mapping[str, str]) -> Asked:
        """What `filters` once told; a choice that there is no more counts as not made."""
        return _chosen({name: filters.get(name, "") for name in cls.__slots__})

    def as_filter(self, session: Session, person: Person) -> QueueFilter:
        """The cases meant, as far as they are on this person's sites.

        Raises:
            NotFound: he does not work on the site that is asked for, or there is none.
        """
        sites = [site_for(session, person, self.site).id] if self.site else person.sites
        return QueueFilter(
            sites=sites,
            state=self.state or "open",
            reason=self.reason or None,
            escalated={"yes": True, "no": False}.get(self.escalated),
            queue=self.queue or None,
            held=self.held or "any",
            moderator_id=person.id,
            search=self.search or None,
        )


def asked() -> Asked:
    """What this request's address asks for; a choice that there is not counts as not made.

    Raises:
        Invalid: it is no text we keep, or longer than any we have.
    """
    return _chosen({name: plain(name) for name in Asked.__slots__})


def _chosen(given: Mapping[str, str]) -> Asked:
    return Asked(**{name: value for name, value in given.items() if value in CHOICES.get(name, (value,))})


def cursor() -> str | None:
    """Where the page begins; None for the first."""
    return plain("cursor", longest=500) or None


def numbers(name: str) -> list[int]:
    """The row numbers in a part of the address, separated by dots or given by turns; what is none is left out."""
    return row_numbers(".".join(request.args.getlist(name)))


def row_numbers(given: str) -> list[int]:
    """The row numbers in some words, separated by dots; what is none is left out."""
    parts = given.split(".")[:IDS_MOST]
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 18]


def moment_of(typed: str, zone: tzinfo) -> datetime | None:
    """A moment as browsers send it, or as people type it, where they name no other in this zone; None where it is none.

    Of an hour that comes twice, the first is meant.
    """
    try:
        read = datetime.fromisoformat(typed)
    except ValueError:
        return None
    if not EARLIEST <= read.year < LATEST:
        return None
    return (read.replace(tzinfo=zone) if read.tzinfo is None else read).astimezone(UTC)


def plain(name: str, longest: int = LONGEST) -> str:
    """A part of the address, without the blanks around it; empty where there is none.

    Raises:
        Invalid: it is no text we keep, or too long.
    """
    value: Any = request.args.get(name, "").strip()
    if len(value) > longest or text_fault(value):
        raise Invalid("This address is not one of ours", field=name)
    return str(value)
