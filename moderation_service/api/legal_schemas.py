"""The shape of a notice that something is illegal, and of the answers to it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.fields import Text
from moderation_service.api.flag_schemas import (
    BatchResultSchema,
    FlaggedArticleSchema,
    ReceiptSchema,
    SenderSchema,
    StandingSchema,
    TargetSchema,
)
from moderation_service.intake.legal import ITEMS_MOST
from moderation_service.policy.readers import ILLEGAL

NAME_MAX = 200


class LegalItemSchema(Schema):
    """One place where it stands."""

    article = fields.Nested(
        FlaggedArticleSchema,
        required=True,
        metadata={"description": "Its address is one of your site's, which decides about its own pages alone."},
    )
    target = fields.Nested(TargetSchema, load_default=lambda: {"kind": "article"})


class LegalNoticeSchema(SenderSchema):
    """A notice as Article 16 of the Digital Services Act has it; one that lacks something is taken and told what."""

    items = fields.List(fields.Nested(LegalItemSchema), required=True, validate=validate.Length(min=1, max=ITEMS_MOST))
    reason = fields.String(required=True, validate=validate.OneOf([reason.value for reason in ILLEGAL]))
    explanation = Text(longest=5000, metadata={"description": "Why it is illegal."})
    name = Text(longest=NAME_MAX, metadata={"description": "Who gives notice; moderators of the site read it."})
    good_faith = fields.Boolean(
        load_default=False,
        metadata={"description": "That he believes in good faith that what he says is accurate and complete."},
    )


LEGAL_NOTICE = LegalNoticeSchema()


class LegalReceiptSchema(ReceiptSchema):
    """What a notifier gets: a receipt for all of it, and one for each item."""

    missing = fields.List(
        fields.String(validate=validate.OneOf(["explanation", "name", "email", "good_faith"])),
        metadata={
            "description": "What the article asks for and the notice lacks; name and e-mail not for offences "
            "against children."
        },
    )
    results = fields.List(fields.Nested(BatchResultSchema), metadata={"description": "In the order of the items."})


class LegalStandingSchema(ReceiptSchema):
    """Where a notice stands, item by item."""

    class Meta:
        """Its state is that of its items."""

        exclude = ("status",)

    missing = fields.List(fields.String())
    items = fields.List(fields.Nested(StandingSchema))
