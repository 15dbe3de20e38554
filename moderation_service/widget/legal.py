"""The form for a notice that something is illegal, without a script: one page, its answer, and the receipt after it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request
from marshmallow import ValidationError

from moderation_service.api.arrivals import file
from moderation_service.api.current import services
from moderation_service.api.filings import filing_of
from moderation_service.api.legal_schemas import LEGAL_NOTICE
from moderation_service.api.recognition import for_anybody
from moderation_service.errors import DomainError, IdempotencyMismatch
from moderation_service.intake.legal import Filing
from moderation_service.policy.readers import ILLEGAL
from moderation_service.queries import Flaggable
from moderation_service.widget import form, words
from moderation_service.widget.asking import about_at, form_page, from_elsewhere, to_first
from moderation_service.widget.blueprint import blueprint
from moderation_service.widget.form import Asked, Faulty
from moderation_service.widget.pages import back_to
from moderation_service.widget.refusals import Refusal, refusal_of, unasked

ADDRESS = "/flag/<slug>/illegal"
FIELDS = ("reason", "place", "words", "urls", "why", "name", "email", "good_faith", "url")


@blueprint.get(ADDRESS)
@for_anybody
def legal(slug: str) -> Response:
    """The form, for the article that its address names."""
    return _form(about_at(slug), {})


@blueprint.post(ADDRESS)
@for_anybody
def send_legal_notice(slug: str) -> Response:
    """Record the notice and go on to its receipt; where that cannot be, the form again with all that was typed."""
    typed = form.typed_into(request.form, FIELDS)
    about = about_at(slug, typed["url"])
    if from_elsewhere():
        return _form(about, typed, unasked())
    try:
        return _filed(about, typed)
    except (Faulty, ValidationError, DomainError) as error:
        return _form(about, typed, refusal_of(error, about.site))


def _filed(about: Flaggable, typed: Mapping[str, str]) -> Response:
    filing = _filing(about, typed)
    try:
        filed = file(filing, about.key, request.remote_addr)
    except IdempotencyMismatch:
        return to_first(filing)
    return back_to("receipt", receipt=filed.receipt)


def _filing(about: Flaggable, typed: Mapping[str, str]) -> Filing:
    """The notice, held to the same shape as one that a script sends; only what makes it illegal has to be said.

    Raises:
        Faulty, ValidationError: something is missing, or is not as it must be.
    """
    article = form.article_of(Asked.of(request.args), about, typed)
    notice = {
        "items": [{"article": article, "target": form.target_of(about, typed)}, *form.items_of(about, typed)],
        "locale": words.language(),
        "good_faith": bool(typed["good_faith"]),
        **form.filled(reason=typed["reason"], explanation=typed["why"], name=typed["name"], email=typed["email"]),
    }
    return filing_of(
        LEGAL_NOTICE.load(notice),
        sent=form.sent_as(request.full_path, typed),
        key=form.key_of(typed),
        site=about.key,
        address=request.remote_addr,
        secret=services().settings.secret_key,
    )


def _form(about: Flaggable, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response:
    return form_page("legal.html", about, typed, refusal, reasons=words.reasons(ILLEGAL), other="flag")
