"""A policy's words: the categories that clauses fall under, and how two versions differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from moderation_service.console.desk.vocabulary import GROUNDS
from moderation_service.console.differences import runs
from moderation_service.console.words import _, later, number
from moderation_service.policy.drafts import Clause, Draft, changed_settings, differences

CATEGORIES = {
    "ANIMAL_WELFARE": later("Animal welfare"),
    "CONSUMER_INFORMATION": later("Consumer information"),
    "CYBER_VIOLENCE": later("Cyber violence"),
    "CYBER_VIOLENCE_AGAINST_WOMEN": later("Cyber violence against women"),
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": later("Data protection and privacy"),
    "ILLEGAL_OR_HARMFUL_SPEECH": later("Illegal or harmful speech"),
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS": later("Intellectual property"),
    "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS": later("Civic discourse or elections"),
    "NOT_SPECIFIED_NOTICE": later("Notice without a category"),
    "NOT_SPECIFIED_ORDER": later("Order without a category"),
    "OTHER_VIOLATION_TC": later("Other violation of the terms"),
    "PROTECTION_OF_MINORS": later("Protection of minors"),
    "RISK_FOR_PUBLIC_SECURITY": later("Risk for public security"),
    "SCAMS_AND_FRAUD": later("Scams and fraud"),
    "SELF_HARM": later("Self-harm"),
    "UNSAFE_AND_PROHIBITED_PRODUCTS": later("Unsafe and prohibited products"),
    "VIOLENCE": later("Violence"),
}
SETTINGS = {
    "second_for_editorial": later("Takedowns of editorial articles need a second person"),
    "second_over": later("Takedowns sent together with more than so many others need one"),
    "qa_percent": later("Share of the decided cases that a senior decides again, blind, in per cent"),
    "order": later("The order of the clauses"),
}


class Changed(NamedTuple):
    """One thing that differs: what it is; `added`, `changed` or `removed`; of each of its lines the runs of words."""

    name: str
    kind: str
    lines: list[list[tuple[str, str]]]


def compared(before: Draft, after: Draft) -> list[Changed]:
    """How two versions differ, in words."""
    return [*_settings(before, after), *_clauses(before, after)]


def _settings(before: Draft, after: Draft) -> Iterator[Changed]:
    for name, (was, now) in changed_settings(before, after).items():
        lines = [] if name == "order" else [[("removed", _said(was)), ("same", " "), ("added", _said(now))]]
        yield Changed(_(SETTINGS[name]), "changed", lines)


def _clauses(before: Draft, after: Draft) -> Iterator[Changed]:
    for code, was, now in differences(before, after):
        kind = "added" if was is None else "removed" if now is None else "changed"
        pairs = zip(_lines(was), _lines(now), strict=True)
        yield Changed(code, kind, [list(runs(old, new)) for old, new in pairs if old or new])


def _lines(clause: Clause | None) -> tuple[str, str, str, str]:
    """What a clause says, line by line; empty for one that is not there."""
    if clause is None:
        return "", "", "", ""
    grounds = " ".join(_(GROUNDS[ground]) for ground in clause.grounds)
    return clause.title, clause.text, grounds, _(CATEGORIES.get(clause.dsa_category, clause.dsa_category))


def _said(setting: Any) -> str:
    if isinstance(setting, bool):
        return _("yes") if setting else _("no")
    return _("none") if setting is None else number(setting)
