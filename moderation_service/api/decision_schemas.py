"""The shape of decisions, of proposals, and of what moderators send to make them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.fields import Matches, Text, Whole
from moderation_service.api.flag_schemas import PART_ID
from moderation_service.policy.vocabulary import Action, Ground, SecondFor

NOTE_LONGEST = 5000
BULK_MOST = 100


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
    policy_id = Whole(
        load_default=None,
        allow_none=True,
        least=1,
        most=2**63 - 1,
        metadata={
            "description": "The policy whose clause was looked at: the `id` of `GET /v1/policy`. Where the clause says "
            "something else by now, or is gone, that is a 409; without this, the clause counts as it is in force."
        },
    )
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


class ProposalSchema(Schema):
    """What one of two persons who have to agree proposed last."""

    by = fields.String()
    moderator_id = fields.Integer()
    action = fields.String()
    parts = fields.List(fields.String())
    policy_id = fields.Integer(
        allow_none=True,
        metadata={
            "description": "Whose clause it cites. Who sends it back agrees on no clause that changed since: 409."
        },
    )
    clause = fields.String(allow_none=True)
    ground = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    revision = fields.Integer(metadata={"description": "It counts as long as the article is at this revision."})
    proposed_at = fields.AwareDateTime()
    because = fields.String(
        validate=validate.OneOf([because.value for because in SecondFor]),
        metadata={"description": "Why it takes two persons: a rule, or the policy for editorial articles or bulk."},
    )
    together = fields.UUID(
        allow_none=True, metadata={"description": "The same for all proposals that were sent as one verdict."}
    )


class MadeProposalSchema(ProposalSchema):
    """A proposal just made."""

    case_id = fields.Integer()
    case_version = fields.Integer(metadata={"description": "The version the proposal led to."})


class ProposedSchema(Schema):
    """That a second person has to decide, and what was proposed to him."""

    proposal = fields.Nested(MadeProposalSchema)


class BulkResultSchema(Schema):
    """What became of one case of several: 201 and a decision, 202 and a proposal, or a problem."""

    case_id = fields.Integer()
    status = fields.Integer()
    decision = fields.Nested(DecisionSchema)
    proposal = fields.Nested(MadeProposalSchema)
    problem = fields.Dict()


class BulkAnswerSchema(Schema):
    """The results, in the order of the cases."""

    results = fields.List(fields.Nested(BulkResultSchema))
