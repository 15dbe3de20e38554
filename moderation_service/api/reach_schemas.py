"""The shape of a report of views, and of the answers to it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.fields import Matches, OneByOne, Text, Whole
from moderation_service.api.problems import ProblemSchema
from moderation_service.articles.content import EXTERNAL_ID

BATCH_MOST = 1000
VIEWS_MOST = 10**12


class ViewsSchema(Schema):
    """How often an article was seen."""

    views = Whole(
        most=VIEWS_MOST,
        required=True,
        metadata={
            "description": "All views so far, as the site counts them; fewer than at the last report correct it."
        },
    )


class ArticleViewsSchema(ViewsSchema):
    """How often which article was seen."""

    external_id = Text(longest=200, checks=[Matches(EXTERNAL_ID)], required=True)


class ReachBatchSchema(Schema):
    """The views of several articles."""

    articles = fields.List(OneByOne(ArticleViewsSchema), required=True, validate=validate.Length(min=1, max=BATCH_MOST))


class ReachSchema(Schema):
    """What is known of an article's reach now."""

    external_id = fields.String(required=True)
    reported_views = fields.Integer(required=True, metadata={"description": "As they were sent."})
    views = fields.Integer(
        required=True, metadata={"description": "As many of them as are believed: a leap is not believed whole."}
    )
    velocity = fields.Float(
        required=True, metadata={"description": "Views per hour, as a mean in which an hour ago counts half."}
    )


class ReachResultSchema(Schema):
    """What became of one report of a batch."""

    status = fields.Integer(required=True, metadata={"description": "As the report alone would have been answered."})
    reach = fields.Nested(ReachSchema)
    problem = fields.Nested(ProblemSchema, metadata={"description": "When it was refused: why."})


class ReachAnswerSchema(Schema):
    """The results of a batch, in the order of its articles."""

    results = fields.List(fields.Nested(ReachResultSchema), required=True)
