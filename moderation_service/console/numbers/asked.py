"""Which period and whose sites an address of the numbers page asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.orm import Session

from moderation_service.console.desk.asked import NO_MOMENT, moment_of, plain
from moderation_service.console.words import later
from moderation_service.errors import Invalid
from moderation_service.policy.vocabulary import Role
from moderation_service.queries.figures import Period, Step, floor, midnight
from moderation_service.sites.people import Person, site_for
from moderation_service.sites.service import all_site_ids

# The last of them is today, or the hour that runs.
RANGES = {"24h": later("24 hours"), "7d": later("7 days"), "28d": later("28 days")}
USUAL = "7d"
LONGEST = timedelta(days=732)

NO_START = later("Say when it begins.")
ENDS_FIRST = later("This has to be later than the start.")
IN_FUTURE = later("This is yet to come.")
TOO_LONG = later("This is more than two years after the start.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address: a site's slug, the name of a range, or a beginning and an end as they were typed.

    Where none of these does, the `usual` range is meant.
    """

    site: str = ""
    range: str = ""
    since: str = ""
    until: str = ""
    usual: str = USUAL

    @property
    def preset(self) -> str | None:
        """The range that is asked for by its name; None where times were typed."""
        if self.since or self.until:
            return None
        return self.range if self.range in RANGES else self.usual

    def address(self, **changes: str) -> dict[str, str]:
        """The parts of a URL that ask for the same, but for the changes."""
        parts = {"site": self.site, "range": self.range, "from": self.since, "until": self.until} | changes
        return {name: value for name, value in parts.items() if value}

    def period(self, now: datetime, zone: tzinfo) -> Period:
        """The period meant, which ends now at the latest; what is typed are times of the zone.

        Raises:
            Invalid: there is no such period; `field` says where the fault is.
        """
        if self.preset is None:
            return _typed(self.since, self.until, now, zone)
        hour, today = floor(now, Step.HOUR, zone), midnight(now, zone)
        starts = {
            "24h": hour - timedelta(hours=23),
            "7d": midnight(today, zone, days=-6),
            "28d": midnight(today, zone, days=-27),
        }
        return Period.of(starts[self.preset], now, zone)

    def sites(self, session: Session, person: Person, role: Role = Role.MODERATOR) -> Sequence[int]:
        """The ids of the sites meant, as far as this person has that role there.

        Raises:
            NotFound: he does not work on the site that is asked for, or there is none.
            Forbidden: he works there in a lower role.
        """
        if not self.site:
            own = person.sites_as(role)
            return all_site_ids(session) if own is None else own
        return [site_for(session, person, self.site, role).id]


def asked(usual: str = USUAL) -> Asked:
    """What this request's address asks for, the usual range where it names none.

    Raises:
        Invalid: it is no text we keep, or longer than any we have.
    """
    return Asked(plain("site"), plain("range"), plain("from"), plain("until"), usual)


def _typed(since: str, until: str, now: datetime, zone: tzinfo) -> Period:
    if not since:
        raise Invalid(NO_START, field="from")
    begin = _moment(since, "from", zone)
    end = min(_moment(until, "until", zone), now) if until else now
    if begin >= now:
        raise Invalid(IN_FUTURE, field="from")
    if begin >= end:
        raise Invalid(ENDS_FIRST, field="until")
    if end - begin > LONGEST:
        raise Invalid(TOO_LONG, field="until")
    return Period.of(begin, end, zone)


def _moment(typed: str, field: str, zone: tzinfo) -> datetime:
    read = moment_of(typed, zone)
    if read is None:
        raise Invalid(NO_MOMENT, field=field)
    return read
