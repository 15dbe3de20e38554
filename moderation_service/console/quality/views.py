"""The quality page and its file, and the page of one drawn decision: blind at first, then both verdicts."""

from __future__ import annotations

from datetime import UTC
from typing import Any, NamedTuple

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person, transaction
from moderation_service.console import forms, words
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk import article, images, vocabulary
from moderation_service.console.desk.asked import NO_MOMENT
from moderation_service.console.desk.refusals import Refused
from moderation_service.console.desk.typed import NOTE_LONGEST, Typed
from moderation_service.console.guard import signed_in
from moderation_service.console.numbers.asked import RANGES, Asked, asked
from moderation_service.console.numbers.views import PATIENCE, TOO_SLOW
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.quality import sheet
from moderation_service.console.words import _
from moderation_service.db import utcnow
from moderation_service.decisions import quality as samples
from moderation_service.errors import Conflict, DomainError, Invalid, Unavailable
from moderation_service.policy.vocabulary import Role
from moderation_service.queries.figures import Period, TooSlow, bounded

USUAL = "28d"  # fewer days hold too few of the sample to say much
# A review rests on a revision alone; its case's version would tell whether the decision had been proposed before.
NO_CASE_VERSION = 0


@blueprint.get("/quality")
@signed_in(Role.SENIOR)
def quality() -> Response:
    """How far those who looked blind agree with those who decided, and what waits to be looked at."""
    wanted, wrong, figures, too_slow = asked(USUAL), {}, None, None
    with transaction() as session:
        try:
            figures = _figures(session, wanted)
        except Invalid as fault:
            wrong = {fault.field: fault.message}
        except TooSlow:
            too_slow = TOO_SLOW
        waiting: dict[str, Any] = {
            "waiting": queries.blind_waiting(session, person()),
            "next": queries.blind_next(session, person()),
            "sites": queries.own_sites(session, person(), Role.SENIOR),
        }
    return page(
        "quality/overview.html",
        422 if wrong else 200,
        asked=wanted,
        wrong=wrong,
        figures=figures,
        too_slow=too_slow,
        period=figures and figures.period,
        zone=words.zone() or UTC,
        ranges=RANGES,
        unreadable=NO_MOMENT,
        words=vocabulary,
        **waiting,
    )


@blueprint.get("/quality.csv")
@signed_in(Role.SENIOR)
def quality_file() -> Response:
    """The same figures as a file."""
    try:
        with transaction() as session:
            figures = _figures(session, asked(USUAL))
    except TooSlow as error:
        raise Unavailable(TOO_SLOW) from error
    first, last = (at.strftime("%Y-%m-%d") for at in (figures.period.since, figures.period.until))
    headers = {"Content-Disposition": f'attachment; filename="quality_{first}_{last}.csv"'}
    return Response(sheet.written(figures.found), content_type="text/csv; charset=utf-8", headers=headers)


class Figures(NamedTuple):
    """What was found of a period, and where verdicts differ."""

    period: Period
    found: dict[str, Any]
    differences: list[dict[str, Any]]


def _figures(session: Session, wanted: Asked) -> Figures:
    period = wanted.period(utcnow(session), words.zone() or UTC)
    of = wanted.sites(session, person(), Role.SENIOR), period.since, period.until
    with bounded(session, PATIENCE):
        return Figures(period, queries.qa_agreement(session, *of), queries.qa_differences(session, *of))


@blueprint.get("/quality/<row:sample_id>")
@signed_in(Role.SENIOR)
def qa_sample(sample_id: int) -> Response:
    """A drawn decision: what its decider saw, and once somebody has said what he would have decided, both verdicts."""
    return _sample_page(sample_id)


@blueprint.get("/quality/<row:sample_id>/images/<small:number>")
@signed_in(Role.SENIOR)
def qa_image(sample_id: int, number: int) -> Response:
    """One image of the article as its decider saw it, as `case_image` gives those of a case."""
    with transaction() as session:
        image = queries.sample_image(session, sample_id, person(), number)
    return images.fetched(image)


@blueprint.post("/quality/<row:sample_id>")
@signed_in(Role.SENIOR)
def qa_answer(sample_id: int) -> Response:
    """Say what one would have decided, and be shown what was."""
    typed = Typed.now()
    try:
        with transaction() as session:
            ruling = typed.ruling(NO_CASE_VERSION, forms.number("article_revision"))
            samples.review(session, sample_id, person(), ruling)
    except Invalid as wrong:
        return _sample_page(sample_id, typed=typed, refused=wrong)
    except Conflict as late:
        if "changed" in late.extra:
            return _sample_page(sample_id, typed=typed, refused=late)
        flash("note", _(late.message))
    return back_to("console.qa_sample", sample_id=sample_id)


@blueprint.post("/quality/<row:sample_id>/skip")
@signed_in(Role.SENIOR)
def qa_skip(sample_id: int) -> Response:
    """Leave it to other seniors, with a reason, and go on to the next."""
    try:
        with transaction() as session:
            samples.skip(session, sample_id, person(), forms.line("words", longest=NOTE_LONGEST))
            after = queries.blind_next(session, person())
    except Invalid as wrong:
        return _sample_page(sample_id, refused=wrong)
    except Conflict as late:
        flash("note", _(late.message))
        return back_to("console.qa_sample", sample_id=sample_id)
    flash("done", _("Skipped."))
    return back_to("console.quality") if after is None else back_to("console.qa_sample", sample_id=after)


def _sample_page(sample_id: int, *, typed: Typed | None = None, refused: DomainError | None = None) -> Response:
    with transaction() as session:
        both = queries.compared_sample(session, sample_id, person())
        if both is not None:
            after = queries.blind_next(session, person())
            return page("quality/compared.html", both=both, next=after, words=vocabulary)
        sample = queries.blind_sample(session, sample_id, person())
        news = queries.policy_news(session, refused.extra.get("changed", ())) if refused else []
    told = Refused.because(refused) if refused else None
    return page(
        "quality/blind.html",
        told.status if told else 200,
        sample=sample,
        counted_up_to=queries.COUNTED_MOST,
        parts=article.shown(sample["article"]["parts"], sample["said"]),
        pictures=article.pictures(sample["article"]["images"]),
        typed=typed or Typed(),
        skipping=request.form.get("words", ""),
        wrong=told,
        news=news,
        words=vocabulary,
    )
