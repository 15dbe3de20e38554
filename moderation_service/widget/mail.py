"""Where a letter's own links lead: no more mail about this flag, or never again from this site."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import letters, queries
from moderation_service.api.current import services, transaction
from moderation_service.api.recognition import for_anybody
from moderation_service.notifications.standing import Standing
from moderation_service.widget.blueprint import blueprint
from moderation_service.widget.pages import back_to, page
from moderation_service.widget.receipts import ADDRESS, asked_for

LETTER = f"{ADDRESS}/mail/<token>"


@blueprint.get(LETTER)
@for_anybody
def mail(receipt: str, token: str) -> Response:
    """Whether to end the mail; opening a link does nothing, since programs open them too."""
    with asked_for(receipt) as known, transaction() as session:
        standing = _standing(session, known, token)
    return page("mail.html", part="mail", standing=standing, receipt=known, token=token, done=request.args.get("done"))


@blueprint.post(LETTER)
@for_anybody
def stop_mail(receipt: str, token: str) -> Response:
    """No more mail about this. Answered without a redirect, which readers' programs do not follow (RFC 8058)."""
    with asked_for(receipt) as known, transaction() as session:
        letters.stop(session, known, token, services().settings)
        standing = _standing(session, known, token)
    return page("mail.html", part="mail", standing=standing, receipt=known, token=token)


@blueprint.post(f"{LETTER}/never")
@for_anybody
def refuse_mail(receipt: str, token: str) -> Response:
    """Never again any mail of this site; the page that follows says that this was done."""
    with asked_for(receipt) as known, transaction() as session:
        refused = letters.refuse(session, known, token, services().settings)
    return back_to("mail", receipt=receipt, token=token, done="never" if refused else None)


def _standing(session: Session, receipt: UUID, token: str) -> Standing:
    """Where a flag stands that the letter's address is still kept with, for it may be about several."""
    return queries.receipt_standing(session, letters.holder(session, receipt, token, services().settings))
