"""The shape of a flag, and of the answers to it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from moderation_service.api.fields import MailAddress, Matches, OneByOne, ReporterField, Text, WebAddress, Whole
from moderation_service.api.problems import ProblemSchema
from moderation_service.articles.content import EXTERNAL_ID, LANGUAGE_TAG
from moderation_service.policy.vocabulary import Reason

BATCH_MOST = 500
# Of each kind of target: what it needs beside, and what it takes.
SHAPES: dict[str, tuple[set[str], set[str]]] = {
    "article": (set(), set()),
    "part": ({"part"}, {"part"}),
    "quotation": ({"selector"}, {"part", "selector"}),
}
VISITOR = r"^[A-Za-z0-9._~-]{1,64}$"
PART_ID = r"^(headline|dateline|[pq][1-9][0-9]{0,5})$"


class FlaggedArticleSchema(Schema):
    """Which article, and what of it the reader saw."""

    external_id = Text(
        longest=200,
        checks=[Matches(EXTERNAL_ID)],
        metadata={"description": "The site's own id for it."},
    )
    url = WebAddress(metadata={"description": "Needed, with the title, for an article not sent to us yet."})
    title = Text(longest=500)
    revision = Whole(metadata={"description": "The revision the reader saw; left out: the newest."})

    @validates_schema
    def _identified(self, data: dict[str, Any], **_: Any) -> None:
        if "external_id" not in data and "url" not in data:
            raise ValidationError("Name the article by external_id or url.", "external_id")


class SelectorSchema(Schema):
    """A TextQuoteSelector of the W3C Web Annotation Data Model."""

    type = fields.Constant("TextQuoteSelector", load_default="TextQuoteSelector")
    exact = Text(longest=5000, shortest=1, required=True)
    prefix = Text(longest=200)
    suffix = Text(longest=200)


class TargetSchema(Schema):
    """What in the article is meant; words quoted without a part are looked for in the revision that the reader saw."""

    kind = fields.String(required=True, validate=validate.OneOf(list(SHAPES)))
    part = Text(longest=12, checks=[Matches(PART_ID)])
    selector = fields.Nested(SelectorSchema)

    @validates_schema
    def _complete(self, data: dict[str, Any], **_: Any) -> None:
        needs, takes = SHAPES[data["kind"]]
        for name in ("part", "selector"):
            if name in needs and name not in data:
                raise ValidationError(f"A target of the kind {data['kind']} has this.", name)
            if name not in takes and name in data:
                raise ValidationError(f"A target of the kind {data['kind']} has no such field.", name)


class SenderSchema(Schema):
    """Who sends something, as far as he or his site says."""

    locale = Text(longest=35, checks=[Matches(LANGUAGE_TAG)])
    email = MailAddress(metadata={"description": "Where to tell the reader what came of it; nothing else."})
    reporter = ReporterField(
        description="The site's pseudonymous id of the reader, kept only as a keyed hash; or an object with this id "
        "and since when the site knows him. Left out: the reader's network stands for him."
    )
    visitor = Text(
        longest=64,
        shortest=1,
        checks=[Matches(VISITOR)],
        metadata={
            "description": "Anything that tells the reader from others of his network, where no reporter is named. "
            "All of a network are one voice, but each visitor has flags and receipts of his own. Left out: each flag "
            "is taken as one of its own, unless its Idempotency-Key says that it is a repeat."
        },
    )


class FlagSchema(SenderSchema):
    """A reader's report."""

    article = fields.Nested(FlaggedArticleSchema, required=True)
    target = fields.Nested(TargetSchema, load_default=lambda: {"kind": "article"})
    reason = fields.String(required=True, validate=validate.OneOf([r.value for r in Reason]))
    comment = Text(longest=5000)


# One object for all requests: making it and its nested ones anew for each took a fifth of a request's CPU.
FLAG = FlagSchema()


class BatchSchema(Schema):
    """Several reports at once."""

    flags = fields.List(OneByOne(FlagSchema), required=True, validate=validate.Length(min=1, max=BATCH_MOST))


class ReceiptSchema(Schema):
    """What a sender gets for a flag."""

    receipt = fields.UUID(required=True, metadata={"description": "Nobody can guess it; who has it may withdraw."})
    status = fields.String(
        required=True,
        validate=validate.OneOf(["received", "in review", "upheld", "not upheld", "withdrawn"]),
    )
    received_at = fields.AwareDateTime(required=True)
    links = fields.Dict(keys=fields.String(), values=fields.String())


class StandingSchema(ReceiptSchema):
    """Where a flag stands."""

    applied_at = fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "When the content store was seen to obey the decision; null for an article that you have "
            "not sent."
        },
    )


class BatchResultSchema(Schema):
    """What became of one flag of a batch."""

    status = fields.Integer(required=True, metadata={"description": "As the flag alone would have been answered."})
    flag = fields.Nested(ReceiptSchema)
    problem = fields.Nested(ProblemSchema, metadata={"description": "When it was refused: why."})


class BatchAnswerSchema(Schema):
    """The results of a batch, in the order of its flags."""

    results = fields.List(fields.Nested(BatchResultSchema), required=True)
