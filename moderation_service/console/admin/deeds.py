"""What an admin may do to somebody's whole account: the steps, and the words that ask and tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.orm import Session

from moderation_service import administration, pipeline
from moderation_service.api.current import person
from moderation_service.console.words import later
from moderation_service.sites import accounts, people, second_factor
from moderation_service.sites.models import Moderator
from moderation_service.sites.people import Person
from moderation_service.sites.secrets import new_password


def _shut_out(session: Session, moderator: Moderator) -> None:
    pipeline.shut_out(session, moderator, actor=person().actor)


def _let_in(session: Session, moderator: Moderator) -> None:
    accounts.reactivate(session, moderator, actor=person().actor)


def _end_sessions(session: Session, moderator: Moderator) -> None:
    accounts.end_sessions(session, moderator, actor=person().actor)


def _require_factor(session: Session, moderator: Moderator) -> None:
    second_factor.require(session, moderator, required=True, actor=person().actor)


def _require_no_factor(session: Session, moderator: Moderator) -> None:
    second_factor.require(session, moderator, required=False, actor=person().actor)


def _reset_factor(session: Session, moderator: Moderator) -> None:
    second_factor.reset(session, moderator, actor=person().actor)


def _new_password(session: Session, moderator: Moderator) -> str:
    password = new_password()
    people.set_password(session, moderator, password, actor=person().actor)
    return password


class Deed(NamedTuple):
    """One thing that may be done: the question, what follows from it, the button's words, what is said afterwards.

    `find` is whose account it may be done to; what `do` answers, if anything, is a secret to be shown once.
    """

    do: Callable[[Session, Moderator], str | None]
    question: str
    explained: str
    button: str
    done: str
    find: Callable[[Session, Person, int], Moderator] = administration.own_account


DEEDS = {
    "shut-out": Deed(
        _shut_out,
        later("Shut %(name)s out?"),
        later("Every session, token and claim of this account ends at once. What was decided stays."),
        later("Shut out"),
        later("The account is closed: every session, token and claim of it has ended."),
        administration.dispensable,
    ),
    "let-in": Deed(
        _let_in,
        later("Let %(name)s in again?"),
        later("The account opens with the roles and the password it had."),
        later("Let in again"),
        later("The account is open again."),
    ),
    "end-sessions": Deed(
        _end_sessions,
        later("Sign %(name)s out everywhere?"),
        later("Whoever sits in one of these sessions has to sign in anew."),
        later("End all sessions"),
        later("All sessions of this account have ended."),
    ),
    "require-second-factor": Deed(
        _require_factor,
        later("Require a second factor of %(name)s?"),
        later("Without one, the console leads to setting it up before anything else."),
        later("Require a second factor"),
        later("A second factor is required of this account."),
    ),
    "require-no-second-factor": Deed(
        _require_no_factor,
        later("Require a second factor of %(name)s no longer?"),
        later("One that is set up stays until its owner removes it."),
        later("Require no second factor"),
        later("A second factor is not required of this account any more."),
    ),
    "reset-second-factor": Deed(
        _reset_factor,
        later("Take the second factor off the account of %(name)s?"),
        later("Make sure that it is this person who asks: the password alone opens the account then."),
        later("Take the second factor off"),
        later("The account has no second factor any more."),
    ),
    "new-password": Deed(
        _new_password,
        later("Give %(name)s a new password?"),
        later("The old one is worth nothing then, and all sessions end. The new one is shown once, to you."),
        later("Make a new password"),
        later("New password of %(name)s"),
    ),
}
