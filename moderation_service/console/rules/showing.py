"""The form for a rule as a page, and the page on which its change is looked at before it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import queries, rulebook
from moderation_service.api import problems
from moderation_service.api.current import person, transaction
from moderation_service.console.desk.vocabulary import REASONS
from moderation_service.console.pages import page
from moderation_service.console.rules import draft, sentence, tree, typed, vocabulary
from moderation_service.console.rules.draft import Draft
from moderation_service.console.rules.listing import scopes
from moderation_service.console.rules.period import Period
from moderation_service.console.rules.scope import of_site
from moderation_service.console.words import SOURCE, _, language
from moderation_service.errors import DomainError
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.rules import diff, dump, load
from moderation_service.triage.rules.reference import reference

Faults = Sequence[tuple[str, str]]


class Said(NamedTuple):
    """Words, and the language they are in."""

    words: str
    language: str


class Told(NamedTuple):
    """What is wrong with a document, for the parts of the form to say it where they stand."""

    faults: Faults

    def at(self, place: str) -> list[Said]:
        """What is wrong with what stands at a place, or with one of the items of a list there."""
        item = re.compile(re.escape(place) + r"(\[\d+\])?")
        return [told(words) for path, words in self.faults if item.fullmatch(path)]


def told(words: str) -> Said:
    """What the schema says, in the reader's language where it is among what that has words for."""
    return Said(_(words), language()) if words in vocabulary.FAULTS else Said(words, SOURCE)


def form_page(name: str | None, said: Draft, *, faults: Faults = (), refused: DomainError | None = None) -> Response:
    """The form with what was typed; with what is wrong where, or why a step was refused."""
    with transaction() as session:
        context = _context(session, name, said)
    return page(
        "rules/form.html",
        int(problems.STATUS[type(refused)]) if refused else 422 if faults else 200,
        faults=[(place, told(words)) for place, words in faults],
        told=Told(faults),
        refused=refused,
        period=Period.sent(),
        known=reference(),
        actions=typed.known_actions(),
        tree=tree,
        reasons=REASONS,
        fields={field["name"]: field for field in reference()["fields"]},
        operators=_operators,
        named=_named,
        choices=_choices,
        **context,
    )


def review_page(name: str | None, said: Draft, *, refused: DomainError | None = None) -> Response:
    """What would change, before it is kept."""
    document = dump(load(said.document))
    with transaction() as session:
        context = _context(session, name, Draft(document))
    before = context["entry"]["document"] if context["entry"] else None
    return page(
        "rules/review.html",
        int(problems.STATUS[type(refused)]) if refused else 200,
        refused=refused,
        lines=diff(before, document),
        written=draft.as_json(document).written,
        sentence=sentence,
        **context,
    )


def _context(session: Session, name: str | None, said: Draft) -> dict[str, Any]:
    """What both pages show: the rule as it stands, where it is for, and what was typed beside it."""
    entry = None if name is None else rulebook.rule_of(session, person(), name, of_site())
    site = said.document.get("site") if isinstance(said.document, dict) else None
    own = queries.own_sites(session, person(), Role.SENIOR)
    return {
        "entry": entry and queries.rule_detail(session, entry),
        "may_write": entry is None or rulebook.may_write(person(), entry.rule.site_id),
        "said": said,
        "scopes": scopes(session),
        "try_on": [(own_site["slug"], own_site["name"]) for own_site in own if site in (None, own_site["slug"])],
        "change_because": request.form.get("change_because", ""),
        "words": vocabulary,
    }


def _operators(field: dict[str, Any]) -> list[tuple[str, str]]:
    return [(operator, vocabulary.OPERATORS[operator]) for operator in field["operators"]]


def _named(field: dict[str, Any]) -> list[tuple[str, str]]:
    words = REASONS if field["kind"] == "reasons" else vocabulary.ORIGINS
    return [(choice, words[choice]) for choice in field["choices"]]


def _choices(choices: Sequence[str]) -> list[tuple[str, str]]:
    return [(choice, vocabulary.CHOICES[choice]) for choice in choices]
