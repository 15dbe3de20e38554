"""The rules that look at cases now, live or in shadow; remembered from batch to batch until the book changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Engine, RowMapping, func, select, text
from sqlalchemy.orm import Session

from moderation_service.errors import Invalid
from moderation_service.triage import models
from moderation_service.triage.rules import document as language
from moderation_service.triage.rules.entries import Mode

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that looks at cases; `site_id` is empty for all sites.

    `changed_at` is when this version was written; `live_since` when the rule went live, whatever it said since then.
    """

    rule_id: int
    version_id: int
    number: int
    site_id: int | None
    mode: Mode
    rule: language.Rule
    changed_at: datetime
    live_since: datetime | None


_NEWEST_ID = select(func.max(models.RuleVersion.id))
_STANDING = text("""
SELECT newest.*, rules.id AS rule_id, rules.site_id, rules.name, (
    SELECT min(created_at) FROM rule_versions AS live
    WHERE live.rule_id = rules.id AND newest.mode = 'live' AND live.mode = 'live' AND NOT EXISTS (
        SELECT FROM rule_versions AS other
        WHERE other.rule_id = rules.id AND other.mode <> 'live' AND other.number > live.number)
) AS live_since
FROM rules CROSS JOIN LATERAL (
    SELECT id AS version_id, number, mode, document, created_at FROM rule_versions
    WHERE rule_id = rules.id ORDER BY number DESC LIMIT 1
) AS newest
WHERE newest.mode IN ('shadow', 'live')
ORDER BY rules.position, rules.name, rules.id
""")

# By database. Versions become visible in the order of their ids (see `book.LOCK`), and no id comes twice, even after
# a rollback: the same newest id means the same book.
_remembered: WeakKeyDictionary[Engine, tuple[int | None, tuple[InForce, ...]]] = WeakKeyDictionary()


def rules_in_force(session: Session) -> tuple[InForce, ...]:
    """Every rule that is live or in shadow, in the order in which they run. One look-up by key when nothing changed.

    A version that the language can no longer read looks at nothing: it is left out, and the log says so.
    """
    newest = session.scalar(_NEWEST_ID)
    engine = session.get_bind().engine
    known, rules = _remembered.get(engine, (None, ()))
    if known != newest:
        rules = tuple(rule for rule in map(_read, session.execute(_STANDING).mappings()) if rule is not None)
        _remembered[engine] = (newest, rules)
    return rules


def _read(row: RowMapping) -> InForce | None:
    try:
        rule = language.load(row["document"])
    except Invalid as error:
        log.error("rule.unreadable", rule=row["name"], version=row["version_id"], error=str(error))
        return None
    return InForce(
        rule_id=row["rule_id"],
        version_id=row["version_id"],
        number=row["number"],
        site_id=row["site_id"],
        mode=Mode(row["mode"]),
        rule=rule,
        changed_at=row["created_at"],
        live_since=row["live_since"],
    )
