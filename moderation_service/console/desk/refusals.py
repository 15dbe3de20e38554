"""Why a step was refused, in the person's language as far as it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api import problems
from moderation_service.cases.models import Case
from moderation_service.console import forms, words
from moderation_service.console.desk import ticked
from moderation_service.console.words import _, later, set_apart
from moderation_service.decisions.ruling import POLICY_WRITTEN
from moderation_service.errors import DomainError
from moderation_service.queries import Seen

# What rooms say that has nothing to fill in; what is not here is shown as they wrote it.
SAID = (
    forms.BLANK,
    later("A colleague decided this; to overrule him, decide anew"),
    later("A colleague proposed this; decide as you see it"),
    later("A takedown cites a clause of the policy"),
    later("A takedown says its ground: terms or law"),
    later("Claim this case first"),
    later("Nobody of this name works on this site"),
    later("Something else was decided since, so there is nothing to undo"),
    later("Somebody else has looked at this decision in the meantime"),
    later("Choose a filter first: this is the whole queue"),
    later("The takedown before was of another revision of the article, so it is not brought back; decide anew"),
    later("Nothing is proposed for this case"),
    later("There is no such case"),
    later("There are too many views; delete one first"),
    later("There is a view of this name already"),
    later("There is no such verdict"),
    later("This address is not one of ours"),
    later("This cursor is not one of ours; start without one"),
    later("This case changed hands just now; try again"),
    later("This case takes two persons who agree, and a colleague proposed something else"),
    later("To overrule a colleague's decision takes the role senior"),
    later("You hold this case no longer; claim it again"),
    later("You skipped this one, so another person looks at it"),
    ticked.NONE_TICKED,
    ticked.NOT_OURS,
    ticked.TOO_MANY,
    later("You proposed what to decide here, so another person decides; you may withdraw or replace it"),
)

MOVED_CASE = later("This case is no longer what you looked at:")
MOVED_POLICY = later("The policy is no longer what you looked at:")


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that was refused: the status of the answer, the words, and the language they are in."""

    status: int
    words: str
    tongue: str

    @classmethod
    def because(cls, error: DomainError) -> Refused:
        """What the page says; what changed in the meantime stands beside it."""
        status = int(problems.STATUS[type(error)])
        if "changed" in error.extra:
            return cls(status, _(_moved(error.extra["changed"])), words.language())
        if "held_by" in error.extra:
            return cls(
                status,
                _("%(name)s holds this case") % {"name": set_apart(error.extra["held_by"])},
                words.language(),
            )
        said = _(error.message)
        return cls(status, said, words.language() if error.message in SAID else words.SOURCE)


def _moved(changed: Sequence[Mapping[str, Any]]) -> str:
    """What is not any more what somebody looked at: the case, or nothing but the policy."""
    of_policy = [change["kind"] == POLICY_WRITTEN for change in changed]
    return MOVED_POLICY if of_policy and all(of_policy) else MOVED_CASE


def refusals(
    session: Session, came: Iterable[ticked.Result], seen: Mapping[int, Seen] | None
) -> dict[int, dict[str, Any]]:
    """By case to which nothing was done, `why`, and as `news` what happened to it meanwhile, where that is why."""
    return {
        one.case_id: _refusal(session, error, one.case_id, (seen or {}).get(one.case_id))
        for one in came
        if (error := one.refused)
    }


def _refusal(session: Session, error: DomainError, case_id: int, seen: Seen | None) -> dict[str, Any]:
    changed = error.extra.get("changed", ())
    moved = seen if "changed" in error.extra else None
    news = queries.case_news(session, session.get_one(Case, case_id), moved) if moved else []
    return {"why": Refused.because(error), "news": news + queries.policy_news(session, changed)}
