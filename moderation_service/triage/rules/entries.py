"""Rules as they stand in the book: each with its newest version, and with who waits for a second person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import BigInteger, Select, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from moderation_service.audit import service as audit
from moderation_service.errors import NotFound
from moderation_service.sites.models import Site
from moderation_service.triage import models


class Mode(StrEnum):
    """What a rule's version does when its conditions are met.

    In draft nothing, not even look; in shadow it records what it would have done; live it acts; retired it is history.
    """

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


# The legal changes of mode. What was retired comes back through shadow: what it would do now is seen before it acts.
TRANSITIONS: dict[Mode, frozenset[Mode]] = {
    Mode.DRAFT: frozenset({Mode.SHADOW, Mode.LIVE, Mode.RETIRED}),
    Mode.SHADOW: frozenset({Mode.DRAFT, Mode.LIVE, Mode.RETIRED}),
    Mode.LIVE: frozenset({Mode.DRAFT, Mode.SHADOW, Mode.RETIRED}),
    Mode.RETIRED: frozenset({Mode.SHADOW}),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule, its newest version, and the request to let that version go live, if somebody made one."""

    rule: models.Rule
    version: models.RuleVersion
    request: models.RuleRequest | None

    @property
    def mode(self) -> Mode:
        """What the rule does now."""
        return Mode(self.version.mode)

    @property
    def stood_down(self) -> str | None:
        """Why the service itself took the rule out of force, if it did and nobody has changed it since."""
        fell = self.version.author == audit.SYSTEM and self.mode in (Mode.DRAFT, Mode.SHADOW)
        return self.version.because if fell else None


def find(session: Session, name: str, *, site_id: int | None, visible: Collection[int] | None = ()) -> Entry:
    """The rule of that name on a site; without a site, the one for all of them.

    Raises:
        NotFound: there is none; says which of the `visible` sites (None: of all) have one of that name.
    """
    wanted = _standing().where(models.Rule.name == name, models.Rule.site_id.is_not_distinct_from(site_id))
    row = session.execute(wanted, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        where = "for all sites" if site_id is None else "on this site"
        raise NotFound(f"There is no rule {name!r} {where}{_elsewhere(session, name, visible)}")
    return Entry(*row)


def _elsewhere(session: Session, name: str, visible: Collection[int] | None) -> str:
    """Where one may look for a rule instead, in words that go on from those that it is not there."""
    named = select(Site.slug).select_from(models.Rule).outerjoin(Site, Site.id == models.Rule.site_id)
    named = named.where(models.Rule.name == name).order_by(Site.slug)
    if visible is not None:
        named = named.where(or_(models.Rule.site_id.is_(None), models.Rule.site_id.in_(visible)))
    slugs = session.scalars(named).all()
    sites = ", ".join(slug for slug in slugs if slug is not None)
    found = [*(["one for all sites"] if None in slugs else []), *([f"one of {sites}"] if sites else [])]
    return f"; there is {' and '.join(found)}" if found else ""


def entries(session: Session, *, sites: Collection[int] | None = None) -> list[Entry]:
    """Every rule, retired ones too, in the order in which they run; of these sites and those for all, or (None) all."""
    wanted = _standing().order_by(models.Rule.position, models.Rule.name, models.Rule.id)
    if sites is not None:
        wanted = wanted.where(or_(models.Rule.site_id.is_(None), models.Rule.site_id.in_(sites)))
    rows = session.execute(wanted, execution_options={"populate_existing": True})
    return [Entry(*row) for row in rows]


def version_of(session: Session, rule: models.Rule, number: int) -> models.RuleVersion:
    """A version of a rule.

    Raises:
        NotFound: it has none of that number.
    """
    # Whatever number is asked for, it is one to the database.
    numbered = models.RuleVersion.rule_id == rule.id, models.RuleVersion.number == cast(number, BigInteger)
    version = session.scalar(select(models.RuleVersion).where(*numbered))
    if version is None:
        raise NotFound(f"The rule {rule.name!r} has no version {number}")
    return version


def history(session: Session, rule_id: int) -> Sequence[models.RuleVersion]:
    """All that a rule ever said, oldest first."""
    query = select(models.RuleVersion).where(models.RuleVersion.rule_id == rule_id)
    return session.scalars(query.order_by(models.RuleVersion.number)).all()


def _standing() -> Select[models.Rule, models.RuleVersion, models.RuleRequest]:
    other = aliased(models.RuleVersion)
    newest = select(func.max(other.number)).where(other.rule_id == models.Rule.id).scalar_subquery()
    return (
        select(models.Rule, models.RuleVersion, models.RuleRequest)
        .join(models.RuleVersion, models.RuleVersion.rule_id == models.Rule.id)
        .outerjoin(models.RuleRequest, models.RuleRequest.rule_id == models.Rule.id)
        .where(models.RuleVersion.number == newest)
    )
