"""The shape of cases, and of what moderators say about them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.fields import Matches, Text, Whole
from moderation_service.api.flag_schemas import PART_ID
from moderation_service.api.paging import PageQuerySchema
from moderation_service.policy.vocabulary import Action, Ground, Reason

NOTE_LONGEST = 5000
BULK_MOST = 100


class QueueQuerySchema(PageQuerySchema):
    """Which cases."""

    state = fields.String(validate=validate.OneOf(["open", "closed"]), load_default="open")
    site = Text(longest=63, load_default=None)
    reason = fields.String(validate=validate.OneOf([r.value for r in Reason]), load_default=None)
    escalated = fields.Boolean(load_default=None)
    held = fields.String(validate=validate.OneOf(["any", "free", "mine"]), load_default="any")


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
    priority = fields.Dict(metadata={"description": "The parts of its priority, each with its words."})
    needs_role = fields.String()
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


class CaseSchema(Schema):
    """A case with all that a decider has to see."""

    id = fields.Integer()
    site = fields.String()
    state = fields.String()
    version = fields.Integer(metadata={"description": "Send it back with the decision."})
    priority = fields.Dict()
    needs_role = fields.String()
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    article = fields.Dict(metadata={"description": "Its `revision` goes back with the decision."})
    flags = fields.Dict()
    held = fields.Nested(HeldSchema, allow_none=True)
    decisions = fields.List(fields.Dict())
    enforcement = fields.Dict(allow_none=True)
    history = fields.List(fields.Dict())


class FlagPageSchema(Schema):
    """A page of a case's flags."""

    flags = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)


class HandOverSchema(Schema):
    """To whom."""

    to = Text(longest=100, shortest=1, required=True, metadata={"description": "The user name of a moderator."})


class NoteSchema(Schema):
    """A note for colleagues."""

    note = Text(longest=NOTE_LONGEST, shortest=1, required=True)


class VerdictSchema(Schema):
    """A verdict; a takedown cites its clause and its ground."""

    action = fields.Enum(Action, by_value=True, required=True)
    parts = fields.List(
        Text(longest=12, checks=[Matches(PART_ID)]),
        load_default=list,
        validate=validate.Length(max=2500),
        metadata={"description": "Take down only these parts; empty: the whole article."},
    )
    clause = Text(longest=20, load_default=None, allow_none=True)
    ground = fields.String(validate=validate.OneOf([g.value for g in Ground]), load_default=None, allow_none=True)
    note = Text(longest=NOTE_LONGEST, load_default=None, allow_none=True)


class RulingSchema(VerdictSchema):
    """A decision: a verdict and what was looked at."""

    case_version = Whole(required=True, least=1)
    article_revision = Whole(required=True)


class SeenCaseSchema(Schema):
    """One of several cases decided together, and what was looked at."""

    case_id = Whole(required=True, least=1, most=2**63 - 1)
    case_version = Whole(required=True, least=1)
    article_revision = Whole(required=True)


class BulkSchema(VerdictSchema):
    """One verdict on several cases."""

    cases = fields.List(fields.Nested(SeenCaseSchema), required=True, validate=validate.Length(min=1, max=BULK_MOST))


class DecisionSchema(Schema):
    """A decision that was made."""

    id = fields.Integer()
    case_id = fields.Integer()
    case_version = fields.Integer(metadata={"description": "The version the decision led to."})
    action = fields.String()
    parts = fields.List(fields.String())
    clause = fields.String(allow_none=True)
    ground = fields.String(allow_none=True)
    supersedes = fields.Integer(allow_none=True)
    decided_at = fields.AwareDateTime()
    enforcement = fields.Dict()


class BulkResultSchema(Schema):
    """What became of one case of several."""

    case_id = fields.Integer()
    status = fields.Integer()
    decision = fields.Nested(DecisionSchema)
    problem = fields.Dict()


class BulkAnswerSchema(Schema):
    """The results, in the order of the cases."""

    results = fields.List(fields.Nested(BulkResultSchema))
