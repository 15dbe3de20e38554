"""The second pair of eyes: which verdicts wait for another person, and how far the QA sample agrees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields

from moderation_service import queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.decision_schemas import ProposalSchema
from moderation_service.api.fields import Moment
from moderation_service.api.paging import PageQuerySchema
from moderation_service.api.recognition import for_moderators
from moderation_service.db import utcnow
from moderation_service.errors import Forbidden
from moderation_service.policy.vocabulary import Role

blueprint = Blueprint("quality", __name__, url_prefix="/v1", description="What a second pair of eyes is for.")
USUAL = timedelta(days=28)


class WaitingSchema(ProposalSchema):
    """A proposal that waits for a second person."""

    case_id = fields.Integer()
    case_version = fields.Integer(metadata={"description": "Send it with the decision that agrees or disagrees."})
    own = fields.Boolean(metadata={"description": "You proposed it, so another person decides."})


class WaitingListSchema(Schema):
    """What waits, the longest first, those of others before your own."""

    proposals = fields.List(fields.Nested(WaitingSchema))
    next_cursor = fields.String(allow_none=True)


class PeriodSchema(Schema):
    """When it was decided."""

    since = Moment(data_key="from", load_default=None, metadata={"description": "Without it: 28 days before the end."})
    until = Moment(load_default=None, metadata={"description": "It ends before this; without it, now."})


class AgreementSchema(Schema):
    """How far seniors who looked blind agree with those who decided."""

    cases = fields.Integer(attribute="n")
    agreed = fields.Integer(metadata={"description": "Both would take down, or both would clear."})
    in_full = fields.Integer(metadata={"description": "And the same parts, by the same clause."})
    share = fields.Float(allow_none=True)
    share_interval = fields.List(fields.Float(), allow_none=True, metadata={"description": "Of 95 % (Wilson)."})
    kappa = fields.Float(
        allow_none=True,
        metadata={"description": "Cohen's; null where one of the two always said the same, for then it says nothing."},
    )
    kappa_interval = fields.List(fields.Float(), allow_none=True)


class ModeratorAgreementSchema(Schema):
    """Agreement with one moderator."""

    id = fields.Integer()
    name = fields.String()
    agreement = fields.Nested(AgreementSchema)


class ClauseAgreementSchema(Schema):
    """Agreement where one clause was cited."""

    clause = fields.String(allow_none=True, metadata={"description": "null: both cleared."})
    agreement = fields.Nested(AgreementSchema)


class QualitySchema(Schema):
    """The QA sample of a period."""

    decided = fields.Integer()
    drawn = fields.Integer()
    answered = fields.Integer()
    overall = fields.Nested(AgreementSchema)
    moderators = fields.List(fields.Nested(ModeratorAgreementSchema))
    clauses = fields.List(fields.Nested(ClauseAgreementSchema))


@blueprint.route("/proposals", methods=["GET"])
@for_moderators
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, WaitingListSchema)
def list_proposals(query: dict[str, Any]) -> Any:
    """Verdicts that wait for a second person: those you may decide on, and after them your own.

    To approve one is to decide the same on its case; whoever agrees decides, as `POST /v1/cases/{id}/decisions` says.
    """
    with transaction() as session:
        return paging.answer("proposals", queries.waiting_approvals(session, person(), **query))


@blueprint.route("/quality", methods=["GET"])
@for_moderators
@blueprint.arguments(PeriodSchema, location="query")
@blueprint.response(200, QualitySchema)
def quality(query: dict[str, Any]) -> dict[str, Any]:
    """How far the QA sample agrees with what was decided, on the sites where you are a senior."""
    sites = person().sites_as(Role.SENIOR)
    if sites == []:
        raise Forbidden("This takes the role senior")
    with transaction() as session:
        until = query["until"] or utcnow(session)
        return queries.qa_agreement(session, sites, query["since"] or until - USUAL, until)
