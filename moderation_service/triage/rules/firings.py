"""What rules did: written once for each version and case, read to see what holds, marked when it is taken back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage.rules.action_shapes import SCHEMAS
from moderation_service.triage.rules.actions import Action
from moderation_service.triage.rules.conditions import Seen
from moderation_service.triage.rules.deeds import Deed, without_outcome
from moderation_service.triage.rules.entries import Mode
from moderation_service.triage.rules.in_force import InForce

# In one order, so that two workers with the same cases never wait for each other in a circle. What a live version only
# recorded while it might not act does not use up its one firing: it takes the place of that record.
RECORD = text("""
INSERT INTO rule_firings (rule_id, version_id, site_id, case_id, case_version, mode, facts, actions)
SELECT * FROM json_to_recordset(CAST(:firings AS json)) AS firing (rule_id int, version_id bigint, site_id int,
    case_id bigint, case_version int, mode text, facts jsonb, actions jsonb)
ORDER BY version_id, case_id
ON CONFLICT (version_id, case_id) DO UPDATE SET
    mode = excluded.mode, case_version = excluded.case_version, facts = excluded.facts, actions = excluded.actions,
    fired_at = excluded.fired_at
WHERE rule_firings.mode = 'shadow' AND excluded.mode = 'live'
RETURNING id, version_id, case_id
""")

ALREADY = text("""
SELECT version_id, case_id, mode FROM rule_firings WHERE version_id = ANY (:versions) AND case_id = ANY (:cases)
""")

ACTING = text("""
SELECT firing.id, firing.case_id, firing.fired_at, firing.actions, firing.version_id, rules.name, version.number
FROM rule_firings firing
JOIN rules ON rules.id = firing.rule_id
JOIN rule_versions version ON version.id = firing.version_id
WHERE firing.case_id = ANY (:cases) AND firing.mode = 'live' AND firing.reverted_at IS NULL
ORDER BY firing.case_id, rules.position, rules.name, firing.id
""")

NOTE = text("""
UPDATE rule_firings SET actions = deeds.actions
FROM json_to_recordset(CAST(:deeds AS json)) AS deeds (id bigint, actions jsonb)
WHERE rule_firings.id = deeds.id
""")

SITES = text("""
SELECT DISTINCT site_id FROM rule_firings WHERE version_id = :version AND mode = 'live' AND reverted_at IS NULL
""")

TAKE_BACK = text("""
UPDATE rule_firings SET reverted_at = now(), reverted_by = :actor
WHERE id = ANY (ARRAY(
    SELECT id FROM rule_firings WHERE version_id = :version AND mode = 'live' AND reverted_at IS NULL
    ORDER BY case_id DESC LIMIT :limit))
RETURNING id, case_id, actions
""")


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule whose conditions were met on a case, before it is written down; `facts` is what `dump_facts` made."""

    by: InForce
    mode: Mode
    site_id: int
    case_id: int
    case_version: int
    facts: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A firing that was written down: the only one of its version on its case. `facts` is what `dump_facts` made."""

    id: int
    rule: str
    because: str
    number: int
    version_id: int
    mode: Mode
    site_id: int
    case_id: int
    facts: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """A live firing that nobody took back: its actions hold."""

    id: int
    rule: str
    number: int
    version_id: int
    fired_at: datetime
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A firing that was just taken back."""

    id: int
    case_id: int
    actions: tuple[Action, ...]


def record(session: Session, firings: Sequence[Firing]) -> list[Fired]:
    """Write firings down, in their order; those that another worker was quicker to write are left out."""
    if not firings:
        return []
    actions = {firing.by.version_id: json.dumps(dump_actions(firing.by.rule.actions)) for firing in firings}
    written = ",".join(_row(firing, actions[firing.by.version_id]) for firing in firings)
    rows = session.execute(RECORD, {"firings": f"[{written}]"})
    ids = {(row.version_id, row.case_id): row.id for row in rows}
    return [
        Fired(
            id=ids[key],
            rule=firing.by.rule.name,
            because=firing.by.rule.because,
            number=firing.by.number,
            version_id=firing.by.version_id,
            mode=firing.mode,
            site_id=firing.site_id,
            case_id=firing.case_id,
            facts=firing.facts,
            actions=firing.by.rule.actions,
        )
        for firing in firings
        if (key := (firing.by.version_id, firing.case_id)) in ids
    ]


def note(session: Session, deeds: Mapping[int, Sequence[Deed]]) -> None:
    """Write down beside the actions of firings what came of each."""
    rows = [{"id": firing, "actions": [deed.to_json() for deed in done]} for firing, done in deeds.items()]
    session.execute(NOTE, {"deeds": json.dumps(rows)})


def already(session: Session, version_ids: Sequence[int], case_ids: Sequence[int]) -> dict[tuple[int, int], Mode]:
    """By version and case, the mode in which it has fired there, whatever came of it; where it has not is left out."""
    rows = session.execute(ALREADY, {"versions": version_ids, "cases": case_ids})
    return {(row.version_id, row.case_id): Mode(row.mode) for row in rows}


def acting(session: Session, case_ids: Collection[int]) -> dict[int, list[Acting]]:
    """By case, the live firings that hold, in the order of their rules; a case without any is left out."""
    found: defaultdict[int, list[Acting]] = defaultdict(list)
    for row in session.execute(ACTING, {"cases": list(case_ids)}):
        actions = load_actions(row.actions)
        found[row.case_id].append(Acting(row.id, row.name, row.number, row.version_id, row.fired_at, actions))
    return dict(found)


def sites_of(session: Session, version_id: int) -> list[int]:
    """The sites that a version acted on and that nobody has taken it back from."""
    return list(session.scalars(SITES, {"version": version_id}))


def take_back(session: Session, version_id: int, *, limit: int, actor: str) -> list[TakenBack]:
    """Mark what a version did on its newest cases, up to `limit`, as taken back; what was so before is left out."""
    rows = session.execute(TAKE_BACK, {"version": version_id, "limit": limit, "actor": actor})
    return [TakenBack(row.id, row.case_id, load_actions(row.actions)) for row in rows]


def dump_actions(actions: Sequence[Action]) -> list[dict[str, Any]]:
    """Actions as they stand in a document."""
    return [SCHEMAS[action.do].dump(action) for action in actions]


def load_actions(stored: Sequence[dict[str, Any]]) -> tuple[Action, ...]:
    """What `dump_actions` made, or a deed's JSON."""
    return _loaded(json.dumps(without_outcome(stored)))


# All firings of a version say the same; to read it costs more than all else that is done with a firing.
@lru_cache(maxsize=1024)
def _loaded(stored: str) -> tuple[Action, ...]:
    return tuple(SCHEMAS[action["do"]].load(action) for action in json.loads(stored))


def dump_facts(seen: Sequence[Seen]) -> str:
    """What the tests of a rule saw, as JSON; ValueError for a number that is none, which the database would refuse."""
    return json.dumps([test._asdict() for test in seen], allow_nan=False)


def _row(firing: Firing, actions: str) -> str:
    row = {
        "rule_id": firing.by.rule_id,
        "version_id": firing.by.version_id,
        "site_id": firing.site_id,
        "case_id": firing.case_id,
        "case_version": firing.case_version,
        "mode": firing.mode,
    }
    return f'{json.dumps(row)[:-1]}, "actions": {actions}, "facts": {firing.facts}}}'
