"""What rules did on a case and on what they saw, and what a rule makes of a case now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.cases.effects import resolve
from moderation_service.cases.models import Case
from moderation_service.errors import NotFound
from moderation_service.triage import models
from moderation_service.triage.rules import deeds, firings, load
from moderation_service.triage.rules.entries import Entry, Mode
from moderation_service.triage.rules.gather import gather
from moderation_service.triage.rules.switches import switched_off
from moderation_service.triage.rules.tree import groups

_CALLED = func.coalesce(Article.title, Article.url, Article.external_id)

_FIRINGS = (
    select(models.RuleFiring, models.Rule.name, models.RuleVersion, _CALLED)
    .join(models.Rule, models.Rule.id == models.RuleFiring.rule_id)
    .join(models.RuleVersion, models.RuleVersion.id == models.RuleFiring.version_id)
    .join(Case, Case.id == models.RuleFiring.case_id)
    .join(Article, Article.id == Case.article_id)
    .execution_options(populate_existing=True)
)
_ON_CASE = _FIRINGS.where(models.RuleFiring.case_id == bindparam("case")).order_by(models.RuleFiring.id)

SHADOW = "The rule is in shadow: it only records what it would do."
SWITCHED_OFF = "Automatic actions are switched off: rules only record."


def fired_on(session: Session, case_id: int) -> list[dict[str, Any]]:
    """The rules that fired on a case, in the order in which they did; shadows too, and what was taken back.

    `facts` are what each test saw; `did` is what it did (a shadow: what it would try), `did_not` what it could not do
    and why, both also as `actions`, of the version's `document`; `conflicts` are with rules that want something else
    and hold as well.
    """
    rows = _told(session.execute(_ON_CASE, {"case": case_id}))
    acting = firings.acting(session, [case_id]).get(case_id, []) if rows else []
    clashes = resolve(acting).clashes
    return [row | {"conflicts": [clash.to_json() for clash in clashes if clash.concerns(row["id"])]} for row in rows]


def fired_lately(session: Session, rule_id: int, *, sites: Collection[int] | None, limit: int) -> list[dict[str, Any]]:
    """The last firings of a rule on these sites (None: on all), the newest first, as in `fired_on` with their cases."""
    here = () if sites is None else (models.RuleFiring.site_id.in_(sites),)
    newest = models.RuleFiring.fired_at.desc(), models.RuleFiring.id.desc()
    wanted = _FIRINGS.where(models.RuleFiring.rule_id == rule_id, *here).order_by(*newest).limit(limit)
    return _told(session.execute(wanted))


def _told(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": firing.id,
            "case_id": firing.case_id,
            "article": called,
            "rule": name,
            "version": version.number,
            "document": version.document,
            "mode": firing.mode,
            "at": firing.fired_at,
            "case_version": firing.case_version,
            "facts": firing.facts,
            "actions": firing.actions,
            "did": deeds.did(firing.actions),
            "did_not": deeds.did_not(firing.actions),
            "reverted_at": firing.reverted_at,
            "reverted_by": firing.reverted_by,
        }
        for firing, name, version, called in rows
    ]


def rule_on_case(
    session: Session, entry: Entry, case_id: int, *, sites: Collection[int] | None = None
) -> dict[str, Any]:
    """What a rule, in whichever mode, makes of a case now: every test with what it asks for and what it sees.

    `groups` are the parts of its conditions that hold the tests, with what each came to. `hindered` says in words what
    keeps it from acting on the case, whatever it sees; `outlook` what comes next where its conditions are met, None
    where nothing does; `fired` is when it fired there.

    Raises:
        NotFound: there is no such case on these sites (None: on any).
    """
    case = session.get(Case, case_id)
    if case is None or (sites is not None and case.site_id not in sites):
        raise NotFound("There is no such case")
    conditions = load(entry.version.document).conditions
    fields = {test.field for test in conditions.tests()}
    facts = gather(session, {case_id: conditions.widest}, fields=fields)[case_id]
    finding = conditions.check(facts)
    here = models.RuleFiring.case_id == case_id, models.RuleFiring.rule_id == entry.rule.id
    fired = _told(session.execute(_FIRINGS.where(*here).order_by(models.RuleFiring.id)))
    hindered = _hindrances(session, entry, case, fired)
    return {
        "rule": entry.rule.name,
        "version": entry.version.number,
        "mode": entry.version.mode,
        "case_id": case_id,
        "met": finding.met,
        "facts": [seen._asdict() for seen in finding.seen],
        "groups": [group._asdict() for group in groups(conditions, finding.seen)],
        "hindered": hindered,
        "outlook": _outlook(hindered) if finding.met else None,
        "fired": fired,
    }


def _hindrances(session: Session, entry: Entry, case: Case, fired: list[dict[str, Any]]) -> list[str]:
    off = switched_off(session, [case.site_id])
    # What a live version only recorded does not use up its one firing.
    modes = {row["mode"] for row in fired if row["version"] == entry.version.number}
    has_fired = bool(modes & {entry.mode, Mode.LIVE})
    only_recorded = bool(off and modes) and not has_fired
    hindrances = {
        f"The rule looks at no case: it is {entry.mode}.": entry.mode in (Mode.DRAFT, Mode.RETIRED),
        SHADOW: entry.mode is Mode.SHADOW,
        f"The service itself stood it down: {entry.stood_down}": entry.stood_down is not None,
        "The rule is another site's.": entry.rule.site_id not in (None, case.site_id),
        "The case is closed.": case.state != "open",
        SWITCHED_OFF: bool(off),
        "It has recorded the case, and fires with the next flag once it may act.": only_recorded,
        "This version has fired on the case, and does so once.": has_fired,
    }
    return [words for words, so in hindrances.items() if so]


def _outlook(hindered: Sequence[str]) -> str | None:
    """What a rule does whose conditions are met: it looks at a case when a flag comes, not by itself."""
    if not hindered:
        return "It fires when the next flag comes: rules look at a case then."
    if set(hindered) <= {SHADOW, SWITCHED_OFF}:
        return "It is recorded when the next flag comes: rules look at a case then."
    return None
