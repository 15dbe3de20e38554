"""Rules: read them, write them, let them run; and the kill switch for all that they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from moderation_service import pipeline, queries, rulebook
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.recognition import for_moderators
from moderation_service.api.rule_schemas import (
    BecauseSchema,
    CaseQuerySchema,
    ChangedRuleSchema,
    EnableSchema,
    LanguageSchema,
    NewRuleSchema,
    RateQuerySchema,
    RateSchema,
    RevertedSchema,
    RuleDetailSchema,
    RuleListQuerySchema,
    RuleListSchema,
    RuleQuerySchema,
    SeenRuleSchema,
    SwitchListSchema,
    SwitchSchema,
    VersionListSchema,
    WhySchema,
)
from moderation_service.automation import Reverted
from moderation_service.triage.rules.entries import Entry, Mode
from moderation_service.triage.rules.reference import reference

blueprint = Blueprint("rules", __name__, url_prefix="/v1", description="What is done without a person, and why.")


@blueprint.route("/rules", methods=["GET"])
@for_moderators
@blueprint.arguments(RuleListQuerySchema, location="query")
@blueprint.response(200, RuleListSchema)
def list_rules(query: dict[str, Any]) -> dict[str, Any]:
    """The rules that run on your sites, in their order, with who waits for a second person."""
    with transaction() as session:
        return {"rules": queries.rule_rows(session, sites=_sites(session, query["site"]))}


@blueprint.route("/rules:language", methods=["GET"])
@for_moderators
@blueprint.response(200, LanguageSchema)
def language() -> dict[str, Any]:
    """The fields, operators and actions there are: what a form for rules is made of."""
    return reference()


@blueprint.route("/rules", methods=["POST"])
@for_moderators
@blueprint.arguments(NewRuleSchema)
@blueprint.response(201, RuleDetailSchema)
def add(body: dict[str, Any]) -> dict[str, Any]:
    """Write a rule down, as a draft: it does nothing until it is enabled."""
    with transaction() as session:
        entry = rulebook.add_rule(session, person(), said=body["document"], because=body["because"])
        return queries.rule_detail(session, entry)


@blueprint.route("/rules/<slug:name>", methods=["GET"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.response(200, RuleDetailSchema)
def get(query: dict[str, Any], name: str) -> dict[str, Any]:
    """What a rule says, in which mode, since when."""
    with transaction() as session:
        return queries.rule_detail(session, rulebook.rule_of(session, person(), name, query["site"]))


@blueprint.route("/rules/<slug:name>", methods=["PUT"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.arguments(ChangedRuleSchema)
@blueprint.response(200, RuleDetailSchema)
def change(query: dict[str, Any], body: dict[str, Any], name: str) -> dict[str, Any]:
    """Let a rule say something else, in the mode it has.

    Where two persons are wanted, a live rule falls to shadow until the second one confirms the change.
    """
    said = {"said": body["document"], "because": body["because"], "seen": body["version"]}
    return _changed(rulebook.change_rule, name, query, **said)


@blueprint.route("/rules/<slug:name>/versions", methods=["GET"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.response(200, VersionListSchema)
def versions(query: dict[str, Any], name: str) -> dict[str, Any]:
    """All that a rule ever said, the newest first, each with what it changed, by whom and why."""
    with transaction() as session:
        rule = rulebook.rule_of(session, person(), name, query["site"]).rule
        return {"versions": queries.version_rows(session, rule.id)}


@blueprint.route("/rules/<slug:name>/rate", methods=["GET"])
@for_moderators
@blueprint.arguments(RateQuerySchema, location="query")
@blueprint.response(200, RateSchema)
def rate(query: dict[str, Any], name: str) -> dict[str, Any]:
    """How often a rule fired in each of the last hours or days (of UTC), on your sites."""
    with transaction() as session:
        rule = rulebook.rule_of(session, person(), name, query["site"]).rule
        bars = queries.rate_rows(session, rule.id, step=query["step"], bars=query["bars"], sites=person().sites)
        return {"bars": bars}


@blueprint.route("/rules/<slug:name>:enable", methods=["POST"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.arguments(EnableSchema)
@blueprint.response(200, RuleDetailSchema)
def enable(query: dict[str, Any], body: dict[str, Any], name: str) -> dict[str, Any]:
    """Let a rule run in shadow, where it only records what it would do, or live.

    Where two persons are wanted for live, the first only asks: `request` says so, and the mode stays.
    """
    said = {"mode": Mode(body["mode"]), "because": body["because"], "seen": body["version"]}
    return _changed(rulebook.enable_rule, name, query, **said)


@blueprint.route("/rules/<slug:name>:confirm", methods=["POST"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.arguments(SeenRuleSchema)
@blueprint.response(200, RuleDetailSchema)
def confirm(query: dict[str, Any], body: dict[str, Any], name: str) -> dict[str, Any]:
    """Agree, as the second person, that a rule goes live; 403 when it was you who asked."""
    return _changed(rulebook.confirm_rule, name, query, seen=body["version"])


@blueprint.route("/rules/<slug:name>:withdraw", methods=["POST"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.response(200, RuleDetailSchema)
def withdraw(query: dict[str, Any], name: str) -> dict[str, Any]:
    """Take back, or turn down, the request that a rule go live."""
    return _changed(rulebook.withdraw_request, name, query)


@blueprint.route("/rules/<slug:name>:retire", methods=["POST"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.arguments(BecauseSchema)
@blueprint.response(200, RuleDetailSchema)
def retire(query: dict[str, Any], body: dict[str, Any], name: str) -> dict[str, Any]:
    """Take a rule out of use; what it did stays done."""
    return _changed(rulebook.retire_rule, name, query, because=body["because"])


@blueprint.route("/rules/<slug:name>/why", methods=["GET"])
@for_moderators
@blueprint.arguments(CaseQuerySchema, location="query")
@blueprint.response(200, WhySchema)
def why(query: dict[str, Any], name: str) -> dict[str, Any]:
    """Why a rule fired on a case, or why not: each of its tests on the case as it is now."""
    with transaction() as session:
        entry = rulebook.rule_of(session, person(), name, query["site"])
        return queries.rule_on_case(session, entry, query["case"], sites=person().sites)


@blueprint.route("/rules/<slug:name>/versions/<row:number>:revert", methods=["POST"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.response(200, RevertedSchema)
def revert(query: dict[str, Any], name: str, number: int) -> Reverted:
    """Take back all that one version did on cases that nobody has decided; the rule itself stays as it is."""
    with transaction() as session:
        version = rulebook.own_version(session, person(), name, query["site"], number)
    return pipeline.revert_whole_rule(transaction, version, actor=person().actor)


@blueprint.route("/automation", methods=["GET"])
@for_moderators
@blueprint.arguments(RuleListQuerySchema, location="query")
@blueprint.response(200, SwitchListSchema)
def automation(query: dict[str, Any]) -> dict[str, Any]:
    """Whether automatic actions are off, by whom and why."""
    with transaction() as session:
        return {"switches": queries.automation_rows(session, sites=_sites(session, query["site"]))}


@blueprint.route("/automation", methods=["PUT"])
@for_moderators
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.arguments(SwitchSchema)
@blueprint.response(200, SwitchListSchema)
def turn_automation(query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The kill switch: turn all automatic actions off or on, on a site, or without one everywhere."""
    turn = rulebook.stop_automation if body["off"] else rulebook.resume_automation
    with transaction() as session:
        turn(session, person(), query["site"], because=body["because"])
        return {"switches": queries.automation_rows(session, sites=_sites(session, query["site"]))}


def _changed(step: Callable[..., Entry], name: str, query: dict[str, Any], **said: Any) -> dict[str, Any]:
    """Take a step of the rulebook on a rule; the rule as it stands then."""
    with transaction() as session:
        return queries.rule_detail(session, step(session, person(), name, query["site"], **said))


def _sites(session: Session, slug: str | None) -> list[int] | None:
    """The site that was asked for, or all that are the caller's (None: every one)."""
    site_id = rulebook.site_id_for(session, person(), slug)
    return person().sites if site_id is None else [site_id]
