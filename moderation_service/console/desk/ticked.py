"""Several cases in one form: those that are ticked, as they were seen; and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import request

from moderation_service.console.words import later
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.errors import DomainError, Invalid
from moderation_service.queries import Seen

CASES_MOST = 50
NONE_TICKED = later("Tick the cases that this verdict is for.")
TOO_MANY = later("So many cases are not decided at once.")
NOT_OURS = later("This form is not one of ours; load the page anew.")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case: a decision, a proposal, or a refusal; none of them where its clearance stands."""

    case_id: int
    decision: Decision | None = None
    proposal: Proposal | None = None
    refused: DomainError | None = None

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing left to decide."""
        return self.decision is not None or self.proposal is not None


def ticked() -> dict[int, Seen]:
    """The cases that this form is about, and what was seen of each; it stands there as `case.version.revision`.

    Raises:
        Invalid: there is none, there are too many, or it is not a form of ours.
    """
    sent = [_numbers(value, 3) for value in request.form.getlist("seen")]
    if not sent:
        raise Invalid(NONE_TICKED, field="seen")
    if len(sent) > CASES_MOST:
        raise Invalid(TOO_MANY, field="seen")
    return {case_id: Seen(version, revision) for case_id, version, revision in sent}


def to_undo() -> dict[int, int]:
    """The cases whose decisions this form takes back, each with its decision.

    Raises:
        Invalid: it is not a form of ours.
    """
    sent = request.form.getlist("decided")[:CASES_MOST]
    return {case_id: decision_id for case_id, decision_id in (_numbers(value, 2) for value in sent)}


def results(case_ids: Iterable[int], came: Iterable[Decision | Proposal | DomainError | None]) -> Iterator[Result]:
    """What each of these cases came to, in their order."""
    for case_id, became in zip(case_ids, came, strict=True):
        yield Result(
            case_id,
            decision=became if isinstance(became, Decision) else None,
            proposal=became if isinstance(became, Proposal) else None,
            refused=became if isinstance(became, DomainError) else None,
        )


def _numbers(value: str, count: int) -> list[int]:
    parts = value.split(".")
    if len(parts) != count or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise Invalid(NOT_OURS, field="seen")
    return [int(part) for part in parts]
