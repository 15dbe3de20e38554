"""The form for flagging without a script: one page, its answer, and the receipt's page after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Response, request
from marshmallow import ValidationError

from moderation_service.api.arrivals import take_in
from moderation_service.api.current import services
from moderation_service.api.flag_schemas import FLAG
from moderation_service.api.recognition import for_anybody
from moderation_service.api.submissions import submission_of
from moderation_service.errors import DomainError, IdempotencyMismatch
from moderation_service.intake.submission import Submission
from moderation_service.policy.readers import OFFERED
from moderation_service.queries import Flaggable
from moderation_service.widget import form, words
from moderation_service.widget.asking import about_at, form_page, from_elsewhere, to_first
from moderation_service.widget.blueprint import blueprint
from moderation_service.widget.form import Asked, Faulty
from moderation_service.widget.pages import back_to
from moderation_service.widget.refusals import Refusal, refusal_of, unasked

ADDRESS = "/flag/<slug>"
CHANNEL = "form"
FIELDS = ("reason", "place", "words", "why", "email", "url")


@blueprint.get(ADDRESS)
@for_anybody
def flag(slug: str) -> Response:
    """The form, for the article that its address names."""
    return _form(about_at(slug), {})


@blueprint.post(ADDRESS)
@for_anybody
def send_flag(slug: str) -> Response:
    """Record the flag and go on to its receipt; where that cannot be, the form again with all that was typed."""
    typed = form.typed_into(request.form, FIELDS)
    about = about_at(slug, typed["url"])
    if from_elsewhere():
        return _form(about, typed, unasked())
    try:
        return _recorded(about, typed)
    except (Faulty, ValidationError, DomainError) as error:
        return _form(about, typed, refusal_of(error, about.site))


def _recorded(about: Flaggable, typed: Mapping[str, str]) -> Response:
    submission = _submission(about, typed)
    try:
        recorded, _ = take_in(submission, about.key, request.remote_addr)
    except IdempotencyMismatch:
        return to_first(submission)
    return back_to("receipt", receipt=recorded.receipt)


def _submission(about: Flaggable, typed: Mapping[str, str]) -> Submission:
    """The flag, held to the same shape as one that a script sends.

    Raises:
        Faulty, ValidationError: something is missing, or is not as it must be.
    """
    flag = {
        "article": form.article_of(Asked.of(request.args), about, typed),
        "target": form.target_of(about, typed),
        "locale": words.language(),
        "visitor": typed[form.ONCE],
        **form.filled(reason=typed["reason"], comment=typed["why"], email=typed["email"]),
    }
    submission = submission_of(
        FLAG.load(flag),
        sent=form.sent_as(request.full_path, typed),
        key=form.key_of(typed),
        site=about.key,
        address=request.remote_addr,
        secret=services().settings.secret_key,
    )
    return replace(submission, channel=CHANNEL)


def _form(about: Flaggable, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response:
    return form_page("flag.html", about, typed, refusal, reasons=words.reasons(OFFERED), other="legal")
