"""The actions of a rule document: the shape of each, and between JSON and the values of `actions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_dump, post_load, validate, validates_schema

from moderation_service.articles.content import url_fault
from moderation_service.mail_address import mailable
from moderation_service.triage.rules.actions import (
    Action,
    CloseAsRepeat,
    Escalate,
    Hide,
    MoveToQueue,
    Mute,
    Notify,
    Require,
    SetDeadline,
    SetSeverity,
    WhomToMute,
)
from moderation_service.triage.rules.shapes import Duration, Number, Slug, Whole, Words

# What may stand beside close_as_repeat: anything else is about a case that people still have to look at.
_BESIDE_CLOSING = frozenset({"close_as_repeat", "notify", "mute"})
_MORE_THAN_ONCE = frozenset({"notify", "require"})


class ActionSchema(Schema):
    """An action without options; those with options add them."""

    makes: type[Action] = Action

    do = fields.String(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> Action:
        data.pop("do")
        return self.makes(**data)


class EscalateSchema(ActionSchema):
    """Into a lane before all others."""

    makes = Escalate

    lane = fields.String(load_default="rule", validate=validate.OneOf(["rule", "danger_to_life"]))

    @post_dump
    def _leave_out_usual(self, document: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return document if document["lane"] != "rule" else {"do": document["do"]}


class QueueSchema(ActionSchema):
    """Into a named queue."""

    makes = MoveToQueue

    name = Slug(required=True)


class SeveritySchema(ActionSchema):
    """Another severity."""

    makes = SetSeverity

    value = Whole(least=1, most=5, required=True)


class RequireSchema(ActionSchema):
    """A senior, or a second person."""

    makes = Require

    who = fields.String(required=True, validate=validate.OneOf(["senior", "second"]))


class HideSchema(ActionSchema):
    """Hidden until reviewed."""

    makes = Hide


class NotifySchema(ActionSchema):
    """A mail, or a call of a webhook."""

    makes = Notify

    channel = fields.String(required=True, validate=validate.OneOf(["mail", "webhook"]))
    to = Words(longest=2000, required=True)

    @validates_schema
    def _check_address(self, data: Mapping[str, Any], **_options: Any) -> None:
        fault_of = url_fault if data["channel"] == "webhook" else _mail_fault
        fault = fault_of(data["to"])
        if fault is not None:
            raise ValidationError(f"The address {fault}.", "to")


def _mail_fault(address: str) -> str | None:
    return "is not one of e-mail" if mailable(address) is None else None


class DeadlineSchema(ActionSchema):
    """A decision within a time."""

    makes = SetDeadline

    within = Duration(required=True)


class CloseAsRepeatSchema(ActionSchema):
    """Closed as a repeat."""

    makes = CloseAsRepeat


class WhomToMuteSchema(Schema):
    """Which flaggers of the case."""

    rejected_at_least = Whole(least=1, most=10**6, required=True)
    upheld_share_below = Number(least=0, most=1, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> WhomToMute:
        return WhomToMute(**data)


class MuteSchema(ActionSchema):
    """Flaggers muted until a person confirms it."""

    makes = Mute

    reporters = fields.Nested(WhomToMuteSchema, required=True)


_SCHEMAS = (
    EscalateSchema,
    QueueSchema,
    SeveritySchema,
    RequireSchema,
    HideSchema,
    NotifySchema,
    DeadlineSchema,
    CloseAsRepeatSchema,
    MuteSchema,
)
SCHEMAS: dict[str, ActionSchema] = {schema.makes.do: schema() for schema in _SCHEMAS}


class ActionField(fields.Field[Action]):
    """One action; `do` says which, and with it what else it has to say."""

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> Action:
        if not isinstance(value, Mapping):
            raise ValidationError("Not an object.")
        do = value.get("do")
        if not isinstance(do, str) or do not in SCHEMAS:
            raise ValidationError({"do": [f"Must be one of: {', '.join(SCHEMAS)}."]})
        action: Action = SCHEMAS[do].load(value)
        return action

    def _serialize(self, value: Action | None, *_where: Any, **_options: Any) -> Any:
        return SCHEMAS[value.do].dump(value) if value else None


def faults_together(actions: Sequence[Action]) -> dict[int, dict[str, list[str]]]:
    """What is wrong with actions that repeat or contradict each other, by their numbers, as marshmallow's messages."""
    closes = any(isinstance(action, CloseAsRepeat) for action in actions)
    faults = {}
    for number, action in enumerate(actions):
        before = actions[:number]
        again = action.do not in _MORE_THAN_ONCE and any(action.do == other.do for other in before)
        if again or action in before:
            faults[number] = {"do": [f"{action.do} is said before."]}
        elif closes and action.do not in _BESIDE_CLOSING:
            faults[number] = {"do": [f"Cannot {action.do} a case that is closed as a repeat."]}
    return faults
