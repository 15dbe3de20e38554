"""The book of rules: each change is a new version with its author and his reason; none is ever overwritten.

Where a site wants two persons, a rule goes live when a second one agrees to what the first asked for. Whatever makes a
rule do less (shadow, retired) takes one person, or the service itself.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict, Forbidden, Invalid
from moderation_service.sites.models import Site
from moderation_service.sites.service import absent
from moderation_service.triage import models
from moderation_service.triage.rules import document as language
from moderation_service.triage.rules.entries import TRANSITIONS, Entry, Mode
from moderation_service.triage.rules.versions import LOCK, append, hold, tell


def add(session: Session, said: language.Rule, *, author: str, because: str) -> Entry:
    """Add a rule, as a draft.

    Raises:
        Invalid: its site is not known.
        Conflict: the site has a rule of that name.
    """
    site_id = site_of(session, said)
    session.execute(LOCK)
    same = select(models.Rule.id).where(
        models.Rule.name == said.name, models.Rule.site_id.is_not_distinct_from(site_id)
    )
    if session.scalar(same) is not None:
        raise Conflict(f"There is a rule {said.name!r} already; change that one")
    rule = models.Rule(site_id=site_id, name=said.name, position=said.position)
    session.add(rule)
    session.flush()
    return append(session, rule, None, mode=Mode.DRAFT, document=language.dump(said), author=author, because=because)


def change(
    session: Session,
    rule: models.Rule,
    *,
    said: language.Rule,
    author: str,
    because: str,
    seen: int | None = None,
) -> Entry:
    """Let a rule say something else, in the mode it has; the same words again change nothing.

    A live rule falls to shadow where two persons are wanted, and its author is taken to ask for it to go live again.
    `seen` is the number of the version that the author looked at.

    Raises:
        Invalid: it is another rule's document.
        Conflict: the rule was changed since.
    """
    if (said.name, said.site) != (rule.name, _slug_of(session, rule)):
        raise Invalid("A rule keeps its name and its site; add another rule", field="document.name")
    held = hold(session, rule, seen)
    words = language.dump(said)
    if words == held.version.document:
        return held
    rule.position = said.position
    falls = held.mode is Mode.LIVE and needs_second_person(session, rule)
    mode = Mode.SHADOW if falls else held.mode
    changed = append(session, rule, held, mode=mode, document=words, author=author, because=because)
    return _ask(session, changed, author=author, because=because) if falls else changed


def enable(
    session: Session, rule: models.Rule, *, mode: Mode, author: str, because: str, seen: int | None = None
) -> Entry:
    """Put a rule into shadow, or live; where two persons are wanted for live, the first only asks, the second confirms.

    Raises:
        Conflict: the rule was changed since, or is retired and was not seen in shadow yet.
        Forbidden: the second person is the first.
    """
    held = hold(session, rule, seen)
    if held.mode is mode:
        return held
    _require_legal(held, mode)
    if mode is not Mode.LIVE or not needs_second_person(session, rule):
        return append(session, rule, held, mode=mode, author=author, because=because)
    if held.request is None:
        return _ask(session, held, author=author, because=because)
    return _agree(session, held, held.request, author=author)


def confirm(session: Session, rule: models.Rule, *, author: str, seen: int | None = None) -> Entry:
    """Agree, as the second person, that a rule goes live.

    Raises:
        Conflict: nobody asks for it (any more), or the rule was changed since.
        Forbidden: he who asked cannot agree with himself.
    """
    held = hold(session, rule, seen)
    if held.request is None:
        raise Conflict("Nobody asks for this rule to go live", version=held.version.number, mode=held.mode)
    return _agree(session, held, held.request, author=author)


def withdraw(session: Session, rule: models.Rule, *, author: str) -> Entry:
    """Take back, or turn down, the request that a rule go live.

    Raises:
        Conflict: nobody asks for it (any more).
    """
    held = hold(session, rule)
    if held.request is None:
        raise Conflict("Nobody asks for this rule to go live", version=held.version.number, mode=held.mode)
    session.delete(held.request)
    session.flush()
    tell(session, held, "rule.request_withdrawn", author=author)
    return Entry(rule, held.version, None)


def retire(session: Session, rule: models.Rule, *, author: str, because: str) -> Entry:
    """Take a rule out of use; what it did stays done."""
    held = hold(session, rule)
    if held.mode is Mode.RETIRED:
        return held
    return append(session, rule, held, mode=Mode.RETIRED, author=author, because=because)


def stand_down(session: Session, version_id: int, *, to_mode: Mode, because: str) -> Entry | None:
    """The service itself takes a rule back to shadow or draft: it errs, or does far more than anybody meant.

    None when that version is not the newest any more, or its mode is no other: any number of workers may notice the
    same. Writers of rules wait for each other, so call it when the transaction needs no more rows of others.
    """
    version = session.get_one(models.RuleVersion, version_id)
    rule = session.get_one(models.Rule, version.rule_id)
    held = hold(session, rule)
    if held.version.id != version_id or held.mode not in (Mode.LIVE, Mode.SHADOW) or held.mode is to_mode:
        return None
    return append(session, rule, held, mode=to_mode, author=audit.SYSTEM, because=because)


def needs_second_person(session: Session, rule: models.Rule) -> bool:
    """Whether the rule's site wants two persons for a rule to go live; of one for all sites, whether any does."""
    wanted = select(Site.id).where(Site.two_person_rules).limit(1)
    if rule.site_id is not None:
        wanted = wanted.where(Site.id == rule.site_id)
    return session.scalar(wanted) is not None


def site_of(session: Session, said: language.Rule, *, visible: Collection[int] | None = None) -> int | None:
    """The site that a document names; None when it is for all of them.

    Raises:
        Invalid: there is no such site among the `visible` ones (None: all).
    """
    if said.site is None:
        return None
    site_id = session.scalar(select(Site.id).where(Site.slug == said.site))
    if site_id is None or (visible is not None and site_id not in visible):
        raise Invalid(absent(said.site), field="document.site")
    return site_id


def _slug_of(session: Session, rule: models.Rule) -> str | None:
    return None if rule.site_id is None else session.get_one(Site, rule.site_id).slug


def _require_legal(held: Entry, mode: Mode) -> None:
    if mode not in TRANSITIONS[held.mode]:
        first = "; enable it in shadow first" if Mode.SHADOW in TRANSITIONS[held.mode] and mode is Mode.LIVE else ""
        words = f"A rule that is {held.mode} cannot be {mode} next{first}"
        raise Conflict(words, version=held.version.number, mode=held.mode)


def _ask(session: Session, held: Entry, *, author: str, because: str) -> Entry:
    request = models.RuleRequest(rule_id=held.rule.id, version_id=held.version.id, author=author, because=because)
    session.add(request)
    session.flush()
    asked = Entry(held.rule, held.version, request)
    tell(session, asked, "rule.live_requested", author=author)
    return asked


def _agree(session: Session, held: Entry, request: models.RuleRequest, *, author: str) -> Entry:
    if request.author == author:
        raise Forbidden("You asked for this rule to go live; a second person has to agree")
    return append(
        session,
        held.rule,
        held,
        mode=Mode.LIVE,
        author=request.author,
        because=request.because,
        agreed_by=author,
    )
