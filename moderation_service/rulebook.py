"""What people do with rules, a step per function; a site's seniors with its own, admins with those for all sites."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person, site_for
from moderation_service.sites.service import site_by_slug
from moderation_service.triage.models import AutomationSwitch, RuleVersion
from moderation_service.triage.rules import Rule, book, switches
from moderation_service.triage.rules.entries import Entry, Mode, find, version_of


def site_id_of(session: Session, slug: str | None) -> int | None:
    """The site of a slug; no slug stands for all sites.

    Raises:
        NotFound: there is none.
    """
    return None if slug is None else site_by_slug(session, slug).id


def site_id_for(session: Session, person: Person, slug: str | None) -> int | None:
    """As `site_id_of`, for a moderator.

    Raises:
        NotFound: there is none, or it is not his to know of.
    """
    return None if slug is None else site_for(session, person, slug).id


def rule_of(session: Session, person: Person, name: str, slug: str | None) -> Entry:
    """A rule that a moderator may read: one of a site he works on, or one for all sites.

    Raises:
        NotFound: there is none, or it is not his to know of.
    """
    return find(session, name, site_id=site_id_for(session, person, slug), visible=person.sites)


def may_write(person: Person, site_id: int | None) -> bool:
    """Whether a moderator may change the rules of a site, or (None) those for all sites."""
    return person.may(_role_to_write(site_id), site_id)


def rule_named(session: Session, name: str, slug: str | None) -> Entry:
    """A rule, for an operator, who may read all of them.

    Raises:
        NotFound: there is none, or no such site.
    """
    return find(session, name, site_id=site_id_of(session, slug), visible=None)


def add_rule(session: Session, person: Person, *, said: Rule, because: str) -> Entry:
    """A senior writes a rule down; it is a draft until it is enabled.

    Raises:
        Invalid: it is for a site that does not exist, or is not his to know of.
        Forbidden: his role there is too low.
        Conflict: the site has a rule of that name.
    """
    _require_may_write(person, book.site_of(session, said, visible=person.sites))
    return book.add(session, said, author=person.actor, because=because)


def change_rule(
    session: Session, person: Person, name: str, slug: str | None, *, said: Rule, because: str, seen: int
) -> Entry:
    """A senior lets a rule say something else; `seen` is the version he looked at."""
    rule = _own(session, person, name, slug).rule
    return book.change(session, rule, said=said, author=person.actor, because=because, seen=seen)


def enable_rule(
    session: Session, person: Person, name: str, slug: str | None, *, mode: Mode, because: str, seen: int
) -> Entry:
    """A senior puts a rule into shadow or live; where two persons are wanted for live, the first only asks."""
    rule = _own(session, person, name, slug).rule
    return book.enable(session, rule, mode=mode, author=person.actor, because=because, seen=seen)


def confirm_rule(session: Session, person: Person, name: str, slug: str | None, *, seen: int) -> Entry:
    """A second senior agrees that a rule goes live."""
    return book.confirm(session, _own(session, person, name, slug).rule, author=person.actor, seen=seen)


def withdraw_request(session: Session, person: Person, name: str, slug: str | None) -> Entry:
    """A senior takes back, or turns down, the request that a rule go live."""
    return book.withdraw(session, _own(session, person, name, slug).rule, author=person.actor)


def retire_rule(session: Session, person: Person, name: str, slug: str | None, *, because: str) -> Entry:
    """A senior takes a rule out of use."""
    return book.retire(session, _own(session, person, name, slug).rule, author=person.actor, because=because)


def own_version(session: Session, person: Person, name: str, slug: str | None, number: int) -> RuleVersion:
    """A version of a rule, for a senior who wants to take back what it did."""
    return version_of(session, _own(session, person, name, slug).rule, number)


def site_as_senior(session: Session, person: Person, slug: str) -> Site:
    """A site on whose past a moderator may try rules: one where he is a senior.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: his role there is too low.
    """
    return site_for(session, person, slug, Role.SENIOR)


def stop_automation(session: Session, person: Person, slug: str | None, *, because: str) -> AutomationSwitch:
    """A senior stops all automatic actions on a site, an admin everywhere."""
    site_id = site_id_for(session, person, slug)
    _require_may_write(person, site_id)
    return switches.switch_off(session, site_id, author=person.actor, because=because)


def resume_automation(session: Session, person: Person, slug: str | None, *, because: str) -> AutomationSwitch:
    """Rules may act again."""
    site_id = site_id_for(session, person, slug)
    _require_may_write(person, site_id)
    return switches.switch_on(session, site_id, author=person.actor, because=because)


def _own(session: Session, person: Person, name: str, slug: str | None) -> Entry:
    entry = rule_of(session, person, name, slug)
    _require_may_write(person, entry.rule.site_id)
    return entry


def _require_may_write(person: Person, site_id: int | None) -> None:
    person.require(_role_to_write(site_id), site_id)


def _role_to_write(site_id: int | None) -> Role:
    return Role.ADMIN if site_id is None else Role.SENIOR
