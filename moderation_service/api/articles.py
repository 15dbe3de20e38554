"""Sites tell us what their articles say, and read what of them may be shown."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from moderation_service import pipeline, queries
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import site_key, transaction
from moderation_service.api.fields import Matches, Moment, Text, Uri, WebAddress
from moderation_service.api.paging import PageQuerySchema
from moderation_service.api.problems import problem
from moderation_service.api.recognition import for_sites
from moderation_service.articles import aliases, store
from moderation_service.articles import content as bounds
from moderation_service.articles import service as articles
from moderation_service.articles.content import Content, Image, Origin
from moderation_service.errors import Invalid

# When to ask again for an article that waits for its review: that may end at any moment, but people read slowly.
SECONDS_UNTIL_REVIEWED = 60

blueprint = Blueprint("articles", __name__, url_prefix="/v1", description="Articles and what readers may see of them.")


class DatelineSchema(Schema):
    """Where and when an article was published."""

    place = Text(longest=bounds.PLACE_MAX, load_default=None, allow_none=True)
    published_on = fields.Date(load_default=None, allow_none=True)


class ImageSchema(Schema):
    """An image that an article shows."""

    url = WebAddress(required=True)
    alt = Text(longest=bounds.ALT_MAX, load_default="", metadata={"description": "What it shows, in words."})


class ArticleSchema(Schema):
    """What an article says."""

    url = WebAddress(load_default=None, allow_none=True)
    origin = fields.Enum(Origin, by_value=True, load_default=Origin.EDITORIAL)
    category = Text(longest=bounds.CATEGORY_MAX, shortest=1, required=True)
    headline = Text(longest=bounds.HEADLINE_MAX, shortest=1, required=True)
    dateline = fields.Nested(DatelineSchema, load_default=lambda: {"place": None, "published_on": None})
    language = Text(longest=35, checks=[Matches(bounds.LANGUAGE_TAG)], load_default="en")
    paragraphs = fields.List(
        Text(longest=bounds.PARAGRAPH_MAX, shortest=1),
        required=True,
        validate=validate.Length(min=1, max=bounds.PARAGRAPHS_MAX),
    )
    questions = fields.List(
        Text(longest=bounds.QUESTION_MAX, shortest=1),
        load_default=list,
        validate=validate.Length(max=bounds.QUESTIONS_MAX),
    )
    images = fields.List(
        fields.Nested(ImageSchema),
        load_default=list,
        validate=validate.Length(max=bounds.IMAGES_MAX),
        metadata={
            "description": "What it shows. Moderators see an image once they ask for it, fetched for them by us."
        },
    )
    also_known_as = fields.List(
        Uri(),
        validate=validate.Length(max=aliases.ALIASES_MOST),
        metadata={
            "description": "Its other addresses, by which reports from other networks may name it; left out: as before."
        },
    )


class PutAnswerSchema(Schema):
    """What became of a PUT."""

    external_id = fields.String()
    revision = fields.Integer()
    outcome = fields.String(validate=validate.OneOf(["created", "changed", "unchanged"]))


class PartSchema(Schema):
    """One part; `text` is missing when it was removed."""

    id = fields.String()
    kind = fields.String()
    text = fields.String()
    removed = fields.Boolean()


class VisibleArticleSchema(Schema):
    """An article as its readers may see it."""

    external_id = fields.String()
    url = fields.String(allow_none=True)
    origin = fields.String()
    revision = fields.Integer()
    content_hash = fields.String(allow_none=True)
    title = fields.String(allow_none=True)
    category = fields.String()
    headline = fields.String(allow_none=True)
    dateline = fields.Dict(allow_none=True)
    language = fields.String()
    parts = fields.List(fields.Nested(PartSchema))
    images = fields.List(fields.Nested(ImageSchema))


class ListedArticleSchema(Schema):
    """An article of a list; what stands in it is null where readers may not see the article."""

    external_id = fields.String()
    url = fields.String(allow_none=True)
    origin = fields.String()
    revision = fields.Integer(metadata={"description": "0 when it was flagged before you sent it."})
    state = fields.String(
        validate=validate.OneOf(store.STATES),
        metadata={"description": "As a GET of it answers: 200, 200 without some parts, 404, 410 or 451."},
    )
    headline = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    dateline = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True), allow_none=True)
    language = fields.String(allow_none=True)
    changed_at = fields.AwareDateTime()


class ArticlePageSchema(Schema):
    """A page of them."""

    articles = fields.List(fields.Nested(ListedArticleSchema))
    next_cursor = fields.String(allow_none=True)


class ArticleQuerySchema(PageQuerySchema):
    """Which articles."""

    changed_since = Moment(
        load_default=None,
        metadata={
            "description": "Those of which readers see something else since then. Changes are told by the time at "
            "which their making began: ask again with a minute's overlap."
        },
    )


class ArticleCasesSchema(Schema):
    """What became of an article's cases."""

    cases = fields.List(fields.Dict())


@blueprint.route("/articles", methods=["GET"])
@for_sites("secret")
@blueprint.arguments(ArticleQuerySchema, location="query")
@blueprint.response(200, ArticlePageSchema)
def list_articles(query: dict[str, Any]) -> Any:
    """Your articles and what readers may see of each, the latest changes last."""
    with transaction() as session:
        page = queries.article_page(session, site_key().site_id, **query)
    return paging.answer("articles", page)


@blueprint.route("/articles/<string:external_id>", methods=["PUT"])
@for_sites("secret")
@blueprint.arguments(ArticleSchema)
@blueprint.response(200, PutAnswerSchema, description="Known: changed, or as before.")
@blueprint.alt_response(201, schema=PutAnswerSchema, description="New.")
def put(article: dict[str, Any], external_id: str) -> tuple[dict[str, Any], int]:
    """Tell what an article says now; the same content again changes nothing, other content makes a new revision."""
    if not bounds.EXTERNAL_ID.fullmatch(external_id):
        raise Invalid(
            "An id has 1 to 200 letters, digits and . _ -, and does not begin with a dot", field="external_id"
        )
    content = content_of(article)
    with transaction() as session:
        key = site_key()
        recorded = pipeline.publish_article(
            session,
            key.site_id,
            external_id,
            content,
            url=article["url"],
            origin=article["origin"],
            actor=f"key:{key.key_id}",
            also_known_as=article.get("also_known_as"),
        )
        answer = {
            "external_id": external_id,
            "revision": recorded.article.current_revision,
            "outcome": recorded.outcome,
        }
    return answer, 201 if recorded.outcome == "created" else 200


def content_of(article: dict[str, Any]) -> Content:
    """The content in a loaded body."""
    return Content(
        category=article["category"],
        headline=article["headline"],
        place=article["dateline"]["place"],
        published_on=article["dateline"]["published_on"],
        language=article["language"],
        paragraphs=tuple(article["paragraphs"]),
        questions=tuple(article["questions"]),
        images=tuple(Image(**image) for image in article["images"]),
    )


@blueprint.route("/articles/<string:external_id>", methods=["GET"])
@for_sites("secret")
@blueprint.response(200, VisibleArticleSchema)
@blueprint.alt_response(304, description="As you have it.")
@blueprint.alt_response(404, description="Not known; or, when `state` is `hidden`, hidden until it is reviewed.")
@blueprint.alt_response(410, description="Taken down.")
@blueprint.alt_response(451, description="Taken down on legal grounds (RFC 7725).")
def get(external_id: str) -> Response:
    """What readers may see of an article. Keep it as long as you like, but ask with `If-None-Match` before use."""
    with transaction() as session:
        shown = store.show(session, articles.find(session, site_key().site_id, external_id))
    if shown.legal:
        answer = problem(451, "This article is not available for legal reasons", **shown.article)
        # RFC 7725: the link names who blocks, which is the site, not who demanded it.
        answer.headers["Link"] = f'<{site_key().legal_url}>; rel="blocked-by"'
    elif shown.hidden:
        # Neither 410, which says for good, nor 503, which says that we are ill: it may be back in a minute, or never.
        answer = problem(404, "This article is hidden until a person has reviewed it", state="hidden", **shown.article)
        answer.headers["Retry-After"] = str(SECONDS_UNTIL_REVIEWED)
    elif shown.gone:
        answer = problem(410, "This article was taken down", **shown.article)
    else:
        answer = jsonify(shown.article)
    answer.set_etag(shown.etag)
    # A copy may be kept, but never shown unasked: a takedown must not be outlived by a cache.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Authorization")
    if answer.status_code == 200:
        answer.make_conditional(request)
    return answer


@blueprint.route("/articles/<string:external_id>/cases", methods=["GET"])
@for_sites("secret")
@blueprint.response(200, ArticleCasesSchema)
def article_cases(external_id: str) -> dict[str, Any]:
    """What became of the flags on an article: its cases, their decisions, and whether the store obeys."""
    with transaction() as session:
        article = articles.find(session, site_key().site_id, external_id)
        return {"cases": queries.cases_of_article(session, article)}
