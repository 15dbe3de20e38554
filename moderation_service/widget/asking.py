"""What the two forms for readers without a script have in common: what they are about, and how they go in and out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import Response, request

from moderation_service import queries
from moderation_service.api.current import transaction
from moderation_service.articles.addresses import address_fault
from moderation_service.intake.idempotency import Keyed, receipt_under
from moderation_service.queries import Flaggable
from moderation_service.widget import form, words
from moderation_service.widget.form import ONCE, Asked
from moderation_service.widget.pages import back_to, page, to
from moderation_service.widget.refusals import Refusal


def about_at(slug: str, typed: str | None = None) -> Flaggable:
    """What the form at this address is about; `typed` is the address that its reader gave, if it asks for one."""
    asked, url = Asked.of(request.args), typed if typed and address_fault(typed) is None else None
    with transaction() as session:
        return queries.flaggable(
            session, slug, external_id=asked.external_id, url=asked.url, part=asked.part, typed=url
        )


def from_elsewhere() -> bool:
    """Whether another site's page sends a form: whoever opens that would flag with a voice of his own, unasked.

    Browsers say so; an `Origin` would not do, since our pages send none that names them (`no-referrer`).
    """
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def to_first(sent: Keyed) -> Response:
    """On to the receipt of what a form had sent before it was changed: that stands, and the page says so."""
    with transaction() as session:
        receipt = receipt_under(session, sent)
    return back_to("receipt", receipt=receipt, done="first")


def form_page(
    template: str, about: Flaggable, typed: Mapping[str, str], refusal: Refusal | None, *, other: str, **context: object
) -> Response:
    """A form as an answer, with what was typed into it and what is wrong with that; `other` is the other form."""
    refused = refusal or Refusal()
    typed = {ONCE: form.new_token(), "place": "part", **typed}
    shared = {"about": about, "typed": typed, "refused": refused, "hint": partial(words.say, "form")}
    other_form = to(other, **(request.view_args or {}) | request.args.to_dict())
    answer = page(template, refused.status, part="flagging", other=other_form, **shared, **context)
    answer.headers.update(refused.headers)
    return answer
