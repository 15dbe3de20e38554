"""The receipt of a flag: what became of it, for whoever holds the link, and how to take it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response, request

from moderation_service import letters, pipeline, queries, tongues
from moderation_service.api.current import services, transaction
from moderation_service.api.recognition import for_anybody
from moderation_service.api.submissions import network_of
from moderation_service.errors import NotFound
from moderation_service.notifications import outcome
from moderation_service.notifications.standing import Standing
from moderation_service.queries import NoticeStanding
from moderation_service.widget import words
from moderation_service.widget.blueprint import blueprint
from moderation_service.widget.pages import back_to, page

ADDRESS = "/r/<receipt>"


@blueprint.get(ADDRESS)
@for_anybody
def receipt(receipt: str) -> Response:
    """What was flagged, where it stands, and what its reader may do; a legal notice has one for all of it."""
    with asked_for(receipt) as known, transaction() as session:
        standing = queries.notice_receipt(session, known) or queries.receipt_standing(session, known)
    shared: dict[str, Any] = {
        "outcome": outcome,
        "reasons": tongues.words(words.language(), "reasons"),
        "done": request.args.get("done"),
    }
    if isinstance(standing, NoticeStanding):
        return page("notice.html", part="notice", standing=standing, **shared)
    address = f"{services().settings.public_url}/r/{known}"
    return page("receipt.html", part="receipt", standing=standing, say=_speaker(standing), address=address, **shared)


@blueprint.get(f"{ADDRESS}/withdraw")
@for_anybody
def ask_withdraw(receipt: str) -> Response:
    """Whether to take the flag back; of one that is withdrawn, its receipt says so."""
    return _ask(receipt, "withdraw")


@blueprint.post(f"{ADDRESS}/withdraw")
@for_anybody
def withdraw(receipt: str) -> Response:
    """Take the flag back; doing it again changes nothing."""
    with asked_for(receipt) as known, transaction() as session:
        pipeline.withdraw_flag(session, None, known)
    return back_to("receipt", receipt=receipt)


@blueprint.get(f"{ADDRESS}/erase-email")
@for_anybody
def ask_erase_email(receipt: str) -> Response:
    """Whether to forget the e-mail address."""
    return _ask(receipt, "erase")


@blueprint.post(f"{ADDRESS}/erase-email")
@for_anybody
def erase_email(receipt: str) -> Response:
    """Forget the e-mail address; doing it again changes nothing."""
    with asked_for(receipt) as known, transaction() as session:
        letters.erase_email(session, known)
    return back_to("receipt", receipt=receipt, done="erased")


@blueprint.get(f"{ADDRESS}/erase-notifier")
@for_anybody
def ask_erase_notifier(receipt: str) -> Response:
    """Whether to forget who gave a legal notice."""
    with asked_for(receipt) as known, transaction() as session:
        notice = queries.notice_receipt(session, known)
    if notice is None:
        raise NotFound("There is no such legal notice")
    return page("confirm.html", part="notice", standing=notice, deed="erase")


@blueprint.post(f"{ADDRESS}/erase-notifier")
@for_anybody
def erase_notifier(receipt: str) -> Response:
    """Forget who gave a legal notice; doing it again changes nothing."""
    with asked_for(receipt) as known, transaction() as session:
        letters.erase_notifier(session, known)
    return back_to("receipt", receipt=receipt, done="erased")


def _ask(receipt: str, deed: str) -> Response:
    with asked_for(receipt) as known, transaction() as session:
        standing = queries.receipt_standing(session, known)
    if deed == "withdraw" and standing.withdrawn_at is not None:
        return back_to("receipt", receipt=receipt)
    return page("confirm.html", part="receipt", standing=standing, say=_speaker(standing), outcome=outcome, deed=deed)


def _speaker(standing: Standing) -> Callable[..., str]:
    """The words for this flag, by their keys; those for an item of a legal notice are others."""
    said = outcome.said_of(standing, words.language())
    return lambda key, **places: said[key].format(**places)


@contextmanager
def asked_for(receipt: str) -> Iterator[UUID]:
    """The receipt that an address names; one that does not exist counts as a guess of the network that asks.

    Raises:
        NotFound: it is none, or what is done inside found none.
        RateLimited: this network has guessed too often, and learns nothing more for now.
    """
    limits, network = services().limits, network_of(request.remote_addr)
    limits.hit("receipt", network, cost=0)
    try:
        yield _read(receipt)
    except NotFound:
        limits.hit("receipt", network)
        raise


def _read(receipt: str) -> UUID:
    try:
        return UUID(receipt)
    except ValueError as error:
        raise NotFound("There is no such receipt") from error
