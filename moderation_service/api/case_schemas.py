"""The shape of cases, of their lists, and of what moderators do with one short of deciding it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.decision_schemas import NOTE_LONGEST, ProposalSchema
from moderation_service.api.fields import Text
from moderation_service.api.paging import PageQuerySchema
from moderation_service.policy.vocabulary import Reason


class QueueQuerySchema(PageQuerySchema):
    """Which cases."""

    state = fields.String(validate=validate.OneOf(["open", "closed"]), load_default="open")
    site = Text(longest=63, load_default=None)
    reason = fields.String(validate=validate.OneOf([r.value for r in Reason]), load_default=None)
    escalated = fields.Boolean(load_default=None)
    queue = Text(longest=63, load_default=None)
    held = fields.String(validate=validate.OneOf(["any", "free", "mine"]), load_default="any")


class ClaimNextSchema(Schema):
    """From which queue."""

    queue = Text(longest=63, load_default=None, metadata={"description": "A named queue; left out: every queue."})


class HeldSchema(Schema):
    """Who holds a case, and until when."""

    by = fields.String()
    moderator_id = fields.Integer()
    until = fields.AwareDateTime()


class CaseRowSchema(Schema):
    """A case in a list."""

    id = fields.Integer()
    site = fields.String()
    state = fields.String()
    version = fields.Integer()
    priority = fields.Dict(metadata={"description": "Its place in the queue: lane, index, their terms, and why."})
    queue = fields.String()
    needs_role = fields.String()
    needs_second = fields.Boolean()
    deadline_at = fields.AwareDateTime(allow_none=True)
    reasons = fields.List(fields.String())
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    article = fields.Dict()
    flags = fields.Integer(metadata={"description": "Flags that stand, counted up to `counted_up_to`."})
    reporters = fields.Integer()
    counted_up_to = fields.Integer()
    last_flag_at = fields.AwareDateTime(allow_none=True)
    held = fields.Nested(HeldSchema, allow_none=True)


class CasePageSchema(Schema):
    """A page of cases."""

    cases = fields.List(fields.Nested(CaseRowSchema))
    next_cursor = fields.String(allow_none=True)


class HiddenSchema(Schema):
    """Since when a case hides its article, and until when at most."""

    since = fields.AwareDateTime()
    until = fields.AwareDateTime()


class CaseSchema(Schema):
    """A case with all that a decider has to see."""

    id = fields.Integer()
    site = fields.String()
    state = fields.String()
    version = fields.Integer(metadata={"description": "Send it back with the decision."})
    priority = fields.Dict()
    queue = fields.String()
    needs_role = fields.String()
    needs_second = fields.Boolean(
        metadata={"description": "Two persons who agree decide: one proposes, another decides."}
    )
    proposal = fields.Nested(ProposalSchema, allow_none=True)
    hidden = fields.Nested(HiddenSchema, allow_none=True)
    deadline_at = fields.AwareDateTime(allow_none=True)
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    article = fields.Dict(metadata={"description": "Its `revision` goes back with the decision."})
    flags = fields.Dict()
    rules = fields.List(
        fields.Dict(), metadata={"description": "Rules that fired: version, what they saw and did, clashes."}
    )
    held = fields.Nested(HeldSchema, allow_none=True)
    decisions = fields.List(fields.Dict())
    enforcement = fields.Dict(allow_none=True)
    history = fields.List(fields.Dict())


class RecordSchema(Schema):
    """How a reader's earlier flags were judged, as it was known when triage saw this one."""

    upheld = fields.Integer()
    rejected = fields.Integer()


class OfNoticeSchema(Schema):
    """The legal notice that a flag is an item of."""

    notice = fields.Integer(metadata={"description": "Its number: the same for all of its items."})
    name = fields.String(allow_none=True, metadata={"description": "Who gave it, where he said so."})
    name_erased_at = fields.AwareDateTime(allow_none=True)
    good_faith = fields.Boolean()
    missing = fields.List(fields.String(), metadata={"description": "What Article 16(2) asks for and it lacked."})


class FlagRowSchema(Schema):
    """A flag of a case."""

    id = fields.Integer()
    reason = fields.String()
    comment = fields.String(allow_none=True)
    part = fields.String(allow_none=True)
    quotation = fields.Dict(allow_none=True)
    revision = fields.Integer()
    locale = fields.String(allow_none=True)
    reporter = fields.String(metadata={"description": "Who sent it, as `/v1/reporters` knows him."})
    channel = fields.String(
        metadata={"description": "The way it came: `api`, `form`, `legal`, or a network such as `activitypub`."}
    )
    via = fields.Dict(
        allow_none=True, metadata={"description": "Of another network's report: its `host`, and what it said besides."}
    )
    record = fields.Nested(RecordSchema, allow_none=True)
    received_at = fields.AwareDateTime()
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    legal = fields.Nested(
        OfNoticeSchema,
        allow_none=True,
        metadata={"description": "The legal notice it is an item of; its comment says why."},
    )


class FlagPageSchema(Schema):
    """A page of a case's flags."""

    flags = fields.List(fields.Nested(FlagRowSchema))
    next_cursor = fields.String(allow_none=True)


class HandOverSchema(Schema):
    """To whom."""

    to = Text(longest=100, shortest=1, required=True, metadata={"description": "The user name of a moderator."})


class NoteSchema(Schema):
    """A note for colleagues."""

    note = Text(longest=NOTE_LONGEST, shortest=1, required=True)
