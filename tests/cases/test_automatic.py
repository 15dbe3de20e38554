"""What rules change on cases in the database, and that taking it back leaves each as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.audit.models import AuditEntry
from moderation_service.cases import automatic, claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case, CaseEvent, Claim
from moderation_service.db import Database, finish
from moderation_service.intake.models import Flag
from moderation_service.notifications.models import Notice
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.queries import fired_on, flag_standing
from moderation_service.sites.models import Site
from moderation_service.triage import models, order
from moderation_service.triage.priority import Escalation
from moderation_service.triage.rules import starter
from moderation_service.triage.rules.entries import Entry, Mode
from tests.at_once import at_once
from tests.factories import (
    LEASE,
    make_article,
    make_case,
    make_content,
    make_decision,
    make_moderator,
    make_policy,
    make_ruling,
    make_site,
    reporter_id,
    settle,
)
from tests.hidden import make_doubtful
from tests.triage.rules.books import make_entry

ANY_FLAG = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}
CLEARED = {"field": "clears", "operator": ">=", "value": 1}
HATE = {"field": "reason", "operator": "contains", "value": "hate"}
ADA = "moderator:1"


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    make_article(session, site)
    return site


def _rule(session: Session, name: str, *actions: dict[str, Any], **changes: Any) -> Entry:
    return make_entry(session, name, actions=list(actions), mode=Mode.LIVE, **({"conditions": ANY_FLAG} | changes))


def _read(session: Session, case: Case) -> Case:
    return session.get_one(Case, case.id, populate_existing=True)


def _columns(case: Case) -> dict[str, Any]:
    """All that may not be left of what is taken back; the version alone moves on."""
    return {c.key: getattr(case, c.key) for c in Case.__table__.columns if c.key not in {"version", "scored_at"}}


def _last(session: Session, case: Case) -> CaseEvent:
    return cases.history(session, case.id)[-1]


# What a rule does.


def test_a_rule_changes_the_columns_of_its_case_and_its_version_once(session: Session, site: Site) -> None:
    _rule(session, "all", {"do": "escalate"}, {"do": "queue", "name": "desk"}, {"do": "require", "who": "senior"},
          {"do": "require", "who": "second"}, {"do": "deadline", "within": "2h"})  # fmt: skip
    case = make_case(session, site)
    assert (case.escalation, case.queue, case.needs_role, case.needs_second) == (1, "desk", Role.SENIOR, True)
    assert case.deadline_at == session.scalar(select(func.batch_now() + timedelta(hours=2)))
    assert case.version == 2


def test_a_severity_that_a_rule_sets_moves_the_case_in_the_queue(session: Session, site: Site) -> None:
    _rule(session, "grave", {"do": "severity", "value": 5})
    case = make_case(session, site)
    assert (case.severity, case.severity_set) == (2, 5)
    assert case.urgency == order.index(case.chance, 5, case.reach)


def test_a_case_nobody_takes_back_keeps_what_an_earlier_rule_did(session: Session, site: Site) -> None:
    _rule(session, "first", {"do": "escalate", "lane": "danger_to_life"})
    make_case(session, site)
    _rule(session, "second", {"do": "queue", "name": "desk"}, conditions=HATE)
    case = make_case(session, site, reporter="b", reason="hate")
    assert (case.escalation, case.queue) == (Escalation.DANGER_TO_LIFE, "desk")


def test_its_history_says_which_rule_raised_a_case_and_what_it_did(session: Session, site: Site) -> None:
    _rule(session, "first", {"do": "escalate"})
    case = make_case(session, site)
    event = _last(session, case)
    assert (event.kind, event.actor, event.case_version) == ("escalated", "system", 2)
    assert event.detail == {"because": "rule", "rule": "first", "rule_version": 2, "did": ["escalate the case"]}


def test_a_rule_that_raises_nothing_is_told_too(session: Session, site: Site) -> None:
    _rule(session, "desk", {"do": "queue", "name": "desk"})
    assert _last(session, make_case(session, site)).kind == "rule_fired"


def test_a_conflict_is_in_the_history(session: Session, site: Site) -> None:
    _rule(session, "a", {"do": "queue", "name": "x"}, position=1)
    _rule(session, "b", {"do": "queue", "name": "y"}, position=2)
    (conflict,) = _last(session, make_case(session, site)).detail["conflicts"]
    assert (conflict["holds"]["value"], conflict["yields"]["value"]) == ("x", "y")


def test_what_rules_did_is_in_the_trail(session: Session, site: Site) -> None:
    _rule(session, "first", {"do": "escalate"})
    case = make_case(session, site)
    finish(session)
    detail = session.scalar(select(AuditEntry.detail).where(AuditEntry.action == "cases.escalated"))
    assert detail == {"cases": [case.id]}


def test_who_may_not_decide_a_case_any_more_holds_it_no_longer(session: Session, site: Site) -> None:
    case = make_case(session, site)
    claims.claim(session, case, make_moderator(session), lease=LEASE)
    _rule(session, "senior", {"do": "require", "who": "senior"}, conditions=HATE)
    make_case(session, site, reporter="b", reason="hate")
    assert session.scalars(select(Claim)).all() == []


def test_a_senior_goes_on_holding_it(session: Session, site: Site) -> None:
    case = make_case(session, site)
    claims.claim(session, case, make_moderator(session, role=Role.SENIOR), lease=LEASE)
    _rule(session, "senior", {"do": "require", "who": "senior"}, conditions=HATE)
    make_case(session, site, reporter="b", reason="hate")
    assert len(session.scalars(select(Claim)).all()) == 1


def test_what_a_person_escalated_stays_so_whatever_rules_ask(session: Session, site: Site) -> None:
    case, ada = make_case(session, site), make_moderator(session)
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.escalate(session, case.id, ada, "beyond me")
    _rule(session, "first", {"do": "escalate"}, conditions=HATE)
    case = make_case(session, site, reporter="b", reason="hate")
    assert (case.escalation, case.needs_role) == (Escalation.MODERATOR, Role.SENIOR)


def test_a_notice_is_sent_once_for_each_firing(session: Session, site: Site) -> None:
    _rule(session, "tell", {"do": "notify", "channel": "mail", "to": "desk@courier.example"})
    case = make_case(session, site)
    make_case(session, site, reporter="b")
    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.recipient, notice.kind, notice.body["case_id"]) == ("desk@courier.example", "rule.fired", case.id)
    assert notice.body["facts"][0]["value"] == 1


def test_a_shadow_tells_nobody(session: Session, site: Site) -> None:
    tell = {"do": "notify", "channel": "mail", "to": "desk@courier.example"}
    make_entry(session, "tell", actions=[tell], conditions=ANY_FLAG, mode=Mode.SHADOW)
    make_case(session, site)
    assert session.scalars(select(Notice)).all() == []


def test_whatever_fails_in_acting_costs_no_flag_its_case(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rule(session, "first", {"do": "escalate"})
    monkeypatch.setattr(automatic, "READ", text("SELECT 1 / 0"))
    case = make_case(session, site)
    assert (case.state, case.escalation) == ("open", 0)
    assert session.scalars(select(models.RuleFiring)).all() == []


# What came of it.


def _did(session: Session, case: Case) -> tuple[list[str], list[str]]:
    (row,) = fired_on(session, case.id)
    return row["did"], row["did_not"]


def test_hiding_that_the_site_does_not_allow_was_not_done(session: Session, site: Site) -> None:
    _rule(session, "hide", {"do": "hide"}, {"do": "escalate"})
    case = make_case(session, site)
    did, (left,) = _did(session, case)
    assert did == ["escalate the case"]
    assert left.endswith(": the site hides nothing before it is reviewed")
    assert _last(session, case).detail["did_not"] == [left]


def test_hiding_that_the_guard_allows_was_done(session: Session, site: Site) -> None:
    case = make_doubtful(session, site)
    _rule(session, "hide", {"do": "hide"})
    pipeline.apply_rules(session, [case.id])
    assert _read(session, case).hidden_at is not None
    assert _did(session, case) == (["hide the article until it is reviewed, where that is allowed"], [])


def test_closing_that_the_guard_refuses_was_not_done(session: Session, site: Site) -> None:
    _rule(session, "repeat", {"do": "close_as_repeat"})
    did, (left,) = _did(session, make_case(session, site))
    assert did == []
    assert left.endswith(": no person has cleared what the article says now")


def test_muting_that_met_nobody_was_not_done(session: Session, site: Site) -> None:
    whom = {"rejected_at_least": 5, "upheld_share_below": 0.1}
    _rule(session, "mute", {"do": "mute", "reporters": whom})
    did, left = _did(session, make_case(session, site))
    assert (did, len(left)) == ([], 1)


def test_what_another_rule_holds_against_was_not_done(session: Session, site: Site) -> None:
    _rule(session, "b", {"do": "queue", "name": "y"}, position=2)
    _rule(session, "a", {"do": "queue", "name": "x"}, position=1)
    rows = fired_on(session, make_case(session, site).id)
    left = {row["rule"]: row["did_not"] for row in rows}
    assert left == {"a": [], "b": ["put the case into the queue y: the rule a holds against it"]}


def test_a_notice_says_what_was_done_and_not_who_else_is_told(session: Session, site: Site) -> None:
    tell = [{"do": "notify", "channel": "mail", "to": f"{who}@courier.example"} for who in ("ann", "ben")]
    _rule(session, "tell", *tell, {"do": "close_as_repeat"})
    make_case(session, site)
    first, second = session.scalars(select(Notice).order_by(Notice.recipient)).all()
    assert [action.get("to") for action in first.body["actions"]] == ["ann@courier.example", None, None]
    assert [action.get("to") for action in second.body["actions"]] == [None, "ben@courier.example", None]
    assert [action["done"] for action in first.body["actions"]] == [True, True, False]


# Closing as a repeat.


def _repeat(session: Session, site: Site) -> Case:
    """A case for a new reason on a revision that was cleared."""
    make_decision(session, make_case(session, site), make_moderator(session), Action.CLEAR)
    return make_case(session, site, reporter="b", reason="terrorism")


def test_a_repeat_of_what_was_cleared_is_closed(session: Session, site: Site) -> None:
    _rule(session, "repeat", {"do": "close_as_repeat"}, conditions={"field": "clears", "operator": ">=", "value": 1})
    case = _repeat(session, site)
    assert (case.state, case.closed_as, _last(session, case).kind) == ("closed", "repeat", "closed_as_repeat")


def test_nothing_is_closed_that_nobody_decided_before(session: Session, site: Site) -> None:
    _rule(session, "repeat", {"do": "close_as_repeat"})
    assert make_case(session, site).state == "open"


def test_nothing_is_closed_whose_article_was_taken_down(session: Session, site: Site) -> None:
    make_decision(session, make_case(session, site), make_moderator(session), Action.TAKEDOWN)
    _rule(session, "repeat", {"do": "close_as_repeat"})
    assert make_case(session, site, reporter="b", reason="terrorism").state == "open"


def test_nothing_is_closed_once_the_article_says_something_else(session: Session, site: Site) -> None:
    _rule(session, "repeat", {"do": "close_as_repeat"}, conditions={"field": "clears", "operator": ">=", "value": 1})
    make_decision(session, make_case(session, site), make_moderator(session), Action.CLEAR)
    make_article(session, site, content=make_content("Something else."))
    assert make_case(session, site, reporter="b", revision=2).state == "open"


def test_a_case_that_somebody_holds_is_not_closed_under_his_hands(session: Session, site: Site) -> None:
    case = _repeat(session, site)
    claims.claim(session, case, make_moderator(session, "bob"), lease=LEASE)
    _rule(session, "repeat", {"do": "close_as_repeat"})
    pipeline.apply_rules(session, [case.id])
    assert _read(session, case).state == "open"


def test_a_case_whose_takedown_waits_for_a_second_person_is_not_closed(session: Session, site: Site) -> None:
    case = _repeat(session, site)
    make_policy(session, site, second_for_editorial=True)
    bob = make_moderator(session, "bob")
    claims.claim(session, case, bob, lease=LEASE)
    pipeline.decide(session, case.id, bob, make_ruling(case))
    _rule(session, "repeat", {"do": "close_as_repeat"})
    pipeline.apply_rules(session, [case.id])
    assert _read(session, case).state == "open"


def test_later_flags_on_a_repeat_are_answered_by_the_decision(session: Session, site: Site) -> None:
    _rule(session, "repeat", {"do": "close_as_repeat"}, conditions={"field": "clears", "operator": ">=", "value": 1})
    repeat = _repeat(session, site)
    assert make_case(session, site, reporter="c").id < repeat.id


def _starter(session: Session) -> Entry:
    (said,) = (document for document in starter() if document["name"] == "repeat-of-cleared")
    return _rule(session, said["name"], *said["actions"], conditions=said["conditions"])


def _cleared(session: Session, site: Site) -> None:
    make_decision(session, make_case(session, site), make_moderator(session), Action.CLEAR)


def test_the_starter_rule_closes_what_two_readers_reopen_by_another_reason(session: Session, site: Site) -> None:
    _starter(session)
    _cleared(session, site)
    make_case(session, site, reporter="b", reason="spam")
    make_case(session, site, reporter="c", reason="spam")
    newest = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert newest is not None
    assert (newest.closed_as, newest.voices) == ("repeat", 2)


def test_with_a_third_reader_a_person_looks_and_all_three_count(session: Session, site: Site) -> None:
    _starter(session)
    _cleared(session, site)
    for reporter in ("b", "c"):
        make_case(session, site, reporter=reporter, reason="spam")
    settle(session)
    case = make_case(session, site, reporter="d", reason="spam")
    assert (case.state, case.voices) == ("open", 3)


def test_a_flag_in_a_repeat_has_the_outcome_of_the_decision_it_repeats(session: Session, site: Site) -> None:
    _rule(session, "repeat", {"do": "close_as_repeat"}, conditions=CLEARED)
    repeat = _repeat(session, site)
    flag = session.scalars(select(Flag).where(Flag.case_id == repeat.id)).one()
    assert flag_standing(session, site.id, flag.receipt)["status"] == "not upheld"


# Taking it back.


def test_taking_a_rule_back_leaves_the_case_as_it_was(session: Session, site: Site) -> None:
    before = _columns(make_case(session, site))
    entry = _rule(session, "all", {"do": "escalate"}, {"do": "severity", "value": 5}, {"do": "queue", "name": "desk"},
                  {"do": "require", "who": "senior"}, {"do": "deadline", "within": "2h"})  # fmt: skip
    (fired,) = pipeline.apply_rules(session, list(session.scalars(select(Case.id))))
    done = pipeline.revert_rule(session, entry.version, actor=ADA)
    case = session.get_one(Case, fired.case_id, populate_existing=True)
    assert _columns(case) == before
    assert (done.firings, done.cases, case.version) == (1, 1, 3)


def test_taking_it_back_twice_changes_nothing(session: Session, site: Site) -> None:
    entry = _rule(session, "first", {"do": "escalate"})
    make_case(session, site)
    pipeline.revert_rule(session, entry.version, actor=ADA)
    assert pipeline.revert_rule(session, entry.version, actor=ADA).firings == 0


def test_what_was_taken_back_does_not_fire_again(session: Session, site: Site) -> None:
    entry = _rule(session, "first", {"do": "escalate"})
    make_case(session, site)
    pipeline.revert_rule(session, entry.version, actor=ADA)
    assert make_case(session, site, reporter="b").escalation == 0


def test_what_another_rule_asks_for_stays(session: Session, site: Site) -> None:
    entry = _rule(session, "life", {"do": "escalate", "lane": "danger_to_life"})
    _rule(session, "first", {"do": "escalate"})
    case = make_case(session, site)
    pipeline.revert_rule(session, entry.version, actor=ADA)
    assert _read(session, case).escalation == Escalation.RULE


def test_what_a_person_escalated_stays_when_the_rule_is_taken_back(session: Session, site: Site) -> None:
    entry = _rule(session, "first", {"do": "escalate"})
    case, ada = make_case(session, site), make_moderator(session)
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.escalate(session, case.id, ada, "beyond me")
    pipeline.revert_rule(session, entry.version, actor=ADA)
    assert _read(session, case).escalation == Escalation.MODERATOR


def test_a_decision_stands_and_its_firing_is_marked(session: Session, site: Site) -> None:
    entry = _rule(session, "first", {"do": "escalate"})
    case = make_case(session, site)
    make_decision(session, case, make_moderator(session))
    done = pipeline.revert_rule(session, entry.version, actor=ADA)
    assert (done.firings, done.cases) == (1, 0)
    assert _read(session, case).state == "closed"
    assert session.scalars(select(models.RuleFiring.reverted_by)).all() == [ADA]


def test_who_took_it_back_is_in_the_history_and_in_the_trail(session: Session, site: Site) -> None:
    entry = _rule(session, "first", {"do": "escalate"})
    case = make_case(session, site)
    pipeline.revert_rule(session, entry.version, actor=ADA)
    event = _last(session, case)
    assert (event.kind, event.actor) == ("rule_reverted", ADA)
    assert event.detail == {"rule": "first", "rule_version": 2, "undid": ["escalate the case"]}
    finish(session)
    assert session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "rule.reverted")).all() == [ADA]


def test_a_case_closed_as_a_repeat_is_open_again_as_it_was(session: Session, site: Site) -> None:
    before = _columns(_repeat(session, site))
    entry = _rule(session, "repeat", {"do": "close_as_repeat"})
    pipeline.apply_rules(session, [before["id"]])
    settle(session)
    done = pipeline.revert_rule(session, entry.version, actor=ADA)
    case = session.get_one(Case, before["id"], populate_existing=True)
    assert (done.reopened, _last(session, case).kind) == (1, "reopened")
    assert _columns(case) == before
    assert set(session.scalars(select(models.Voice.standing).where(models.Voice.case_id == case.id))) == {"pending"}


@pytest.mark.parametrize("settled", [True, False])
def test_flags_of_a_repeat_go_into_the_newer_open_case_of_its_article(
    session: Session, site: Site, settled: bool
) -> None:
    entry = _rule(session, "repeat", {"do": "close_as_repeat"}, conditions=CLEARED)
    repeat = _repeat(session, site)
    if settled:
        settle(session)
    make_article(session, site, content=make_content("Something else."))
    newer = make_case(session, site, reporter="d", revision=2)
    assert pipeline.revert_rule(session, entry.version, actor=ADA).reopened == 0
    settle(session)
    assert [_read(session, case).state for case in (repeat, newer)] == ["closed", "open"]
    assert (newer.voices, newer.severity, newer.reasons) == (2, 5, ["misleading", "terrorism"])
    assert _waiting(session, newer) == 2
    assert set(session.scalars(select(models.Reporter.pending))) == {0, 1}
    assert _last(session, repeat).detail == {"to_case": newer.id}


def _waiting(session: Session, case: Case) -> int:
    waits = models.Voice.case_id == case.id, models.Voice.standing == "pending"
    return session.scalars(select(func.count()).select_from(models.Voice).where(*waits)).one()


def test_a_repeat_that_a_person_decided_since_stays_decided(session: Session, site: Site) -> None:
    case = _repeat(session, site)
    entry = _rule(session, "repeat", {"do": "close_as_repeat"})
    pipeline.apply_rules(session, [case.id])
    make_decision(session, _read(session, case), make_moderator(session, "bob", Role.SENIOR))
    assert pipeline.revert_rule(session, entry.version, actor=ADA).reopened == 0


def test_reopening_waits_for_whoever_opens_a_case_of_the_article(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        case = _repeat(session, site)
        entry = _rule(session, "repeat", {"do": "close_as_repeat"})
        pipeline.apply_rules(session, [case.id])
        article = case.article_id

    def act(reopens: bool) -> int:
        with database.transaction() as session:
            if reopens:
                return pipeline.revert_rule(session, entry.version, actor=ADA).reopened
            columns = "site_id, article_id, severity, reasons"
            opened = text(f"INSERT INTO cases ({columns}) SELECT {columns} FROM cases WHERE article_id = :article "
                          "LIMIT 1 ON CONFLICT (article_id) WHERE state = 'open' DO NOTHING RETURNING 1")  # fmt: skip
            return len(session.execute(opened, {"article": article}).all())

    assert sorted(at_once(act, [True, False])) == [0, 1]  # type: ignore[type-var]


# Muting.


def _known(session: Session, site: Site, name: str, **record: Any) -> models.Reporter:
    reporter = session.get_one(models.Reporter, reporter_id(site, name))
    for field, value in record.items():
        setattr(reporter, field, value)
    session.flush()
    return reporter


MUTE = {"do": "mute", "reporters": {"rejected_at_least": 3, "upheld_share_below": 0.2}}


@pytest.mark.parametrize(
    ("record", "muted"),
    [
        ({"upheld": 0, "rejected": 3}, "asked"),
        ({"upheld": 0, "rejected": 2}, None),
        ({"upheld": 1, "rejected": 3}, None),
        ({"upheld": 0, "rejected": 9, "trusted": True}, None),
        ({"upheld": 0, "rejected": 9, "muted": "confirmed"}, "confirmed"),
    ],
)
def test_only_readers_with_such_a_record_are_muted(
    session: Session, site: Site, record: dict[str, Any], muted: str | None
) -> None:
    case = make_case(session, site, reporter="a")
    reporter = _known(session, site, "a", **record)
    _rule(session, "mute", MUTE)
    pipeline.apply_rules(session, [case.id])
    session.refresh(reporter)
    assert reporter.muted == muted


def test_a_muted_readers_voice_weighs_nothing_from_then_on(session: Session, site: Site) -> None:
    case = make_case(session, site, reporter="a")
    _known(session, site, "a", rejected=3)
    _rule(session, "mute", MUTE)
    pipeline.apply_rules(session, [case.id])
    case = _read(session, case)
    assert (case.weight, case.voices) == (0.0, 1)


def test_who_was_muted_speaks_again_when_the_rule_is_taken_back(session: Session, site: Site) -> None:
    case = make_case(session, site, reporter="a")
    reporter = _known(session, site, "a", rejected=3)
    entry = _rule(session, "mute", MUTE)
    pipeline.apply_rules(session, [case.id])
    assert pipeline.revert_rule(session, entry.version, actor=ADA).unmuted == 1
    session.refresh(reporter)
    assert (reporter.muted, reporter.muted_by_version) == (None, None)
    assert _read(session, case).weight > 0


def test_a_confirmed_mute_stays_when_the_rule_is_taken_back(session: Session, site: Site) -> None:
    case = make_case(session, site, reporter="a")
    reporter = _known(session, site, "a", rejected=3)
    entry = _rule(session, "mute", MUTE)
    pipeline.apply_rules(session, [case.id])
    session.refresh(reporter)
    _known(session, site, "a", muted="confirmed")
    pipeline.revert_rule(session, entry.version, actor=ADA)
    assert reporter.muted == "confirmed"


# Hiding.


def test_a_wish_to_hide_is_granted_where_that_is_allowed_and_taken_back_with_the_rule(
    session: Session, site: Site
) -> None:
    case = make_doubtful(session, site)
    entry = _rule(session, "hide", {"do": "hide"})
    pipeline.apply_rules(session, [case.id])
    assert _read(session, case).hidden_at is not None
    assert pipeline.revert_rule(session, entry.version, actor=ADA).to_show == (case.id,)
    assert _read(session, case).hidden_at is None


def test_a_wish_to_hide_alone_hides_nothing(session: Session, site: Site) -> None:
    _rule(session, "hide", {"do": "hide"})
    assert make_case(session, site).hidden_at is None


def test_what_has_not_changed_is_not_written(session: Session, site: Site) -> None:
    _rule(session, "first", {"do": "escalate"})
    case = make_case(session, site)
    (outcome,) = automatic.apply(session, [case.id])
    assert (outcome.version, outcome.raised) == (case.version, False)
