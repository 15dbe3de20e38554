"""What a reader is told of his flag, in words: pure functions, the same for the receipt's page and for mail."""

from __future__ import annotations

from datetime import datetime

from moderation_service.notifications.standing import Standing, Verdict
from moderation_service.tongues import Words, words
from moderation_service.tongues.moments import moment

OPEN = {"received": "received", "in review": "in_review", "withdrawn": "withdrawn"}


def name(standing: Standing) -> str:
    """Where a flag stands, by the name that its words have."""
    if standing.state in OPEN or standing.verdict is None:
        return OPEN[standing.state]
    return _came_to(standing.verdict)


def _came_to(verdict: Verdict) -> str:
    if verdict.upheld:
        return "removed" if verdict.whole else "redacted"
    return "left_part" if verdict.parts else "left"


def title(standing: Standing, language: str) -> str:
    """Where a flag stands, in few words."""
    return said_of(standing, language)[_title_of(name(standing), standing.verdict)]


def _title_of(name: str, verdict: Verdict | None) -> str:
    """The words over an outcome: what nobody can see done is not called done."""
    unseen = verdict is not None and verdict.unseen and name == _came_to(verdict)
    return f"{name}_unseen_title" if unseen else f"{name}_title"


def said_of(standing: Standing, language: str) -> Words:
    """The words for what becomes of a flag; an item of a legal notice is called a notice in them."""
    said = words(language, "receipt")
    return said if standing.notice is None else {**said, **words(language, "item")}


def explanation(standing: Standing, language: str) -> list[str]:
    """The same, told whole: what it means, and for what is decided how, when, and whether the site follows."""
    said = said_of(standing, language)
    told = [said[name(standing)].format(site=standing.site)]
    if standing.withdrawn_at is not None:
        return told + _decided_before(standing, standing.withdrawn_at, language)
    verdict = standing.verdict
    if verdict is None:
        return told
    return told + [said["repeated"]] * verdict.repeated + _decided(verdict, language)


def decision(standing: Standing, language: str) -> str | None:
    """What was decided, in few words, of a withdrawn flag too; None where nothing was."""
    verdict = standing.verdict
    return None if verdict is None else said_of(standing, language)[_title_of(_came_to(verdict), verdict)]


def _decided(verdict: Verdict, language: str) -> list[str]:
    """Whether a decision replaced another, when it was made, and whether the site follows it."""
    said = words(language, "receipt")
    told = [said["changed"]] * verdict.changed
    told.append(said["decided_on"].format(at=moment(verdict.decided_at, language)))
    if verdict.unseen:
        told.append(said["not_seen"])
    elif verdict.upheld:
        applied = verdict.applied_at and said["applied_on"].format(at=moment(verdict.applied_at, language))
        told.append(applied or said["not_applied"])
    return told


def _decided_before(standing: Standing, withdrawn_at: datetime, language: str) -> list[str]:
    """That what had been decided when a flag was withdrawn stands; what was decided later is no answer to it."""
    verdict = standing.verdict
    if verdict is None or verdict.decided_at > withdrawn_at:
        return []
    said = said_of(standing, language)["withdrawn_before"].format(decision=decision(standing, language))
    return [said, *_decided(verdict, language)]


def place(standing: Standing, language: str) -> str:
    """What in the article a flag is about: the whole, or a part by its kind, and its number where it has one."""
    said = words(language, "receipt")
    return said[standing.kind if standing.number is None else f"{standing.kind}_numbered"].format(
        number=standing.number
    )


def item(standing: Standing, language: str) -> str | None:
    """Which of a legal notice's places a flag is about; None where it has but one, and for any other flag."""
    if standing.item is None or standing.item[1] == 1:
        return None
    number, count = standing.item
    return words(language, "item")["item"].format(number=number, count=count)


def reason(standing: Standing, language: str) -> str | None:
    """The words that introduce the rule a takedown cites; None where it cites none."""
    verdict = standing.verdict
    if verdict is None or verdict.clause is None or standing.state == "withdrawn":
        return None
    return words(language, "receipt")[f"reason_{verdict.clause.ground}"].format(site=standing.site)


def automatic(standing: Standing, language: str) -> list[str]:
    """Whether programs had a part in it; the Digital Services Act, Article 16(6), asks to be told."""
    said, verdict = said_of(standing, language), standing.verdict
    told = [said["automatic_order"]] + [said["automatic_hidden"]] * standing.hidden
    if verdict is not None and standing.withdrawn_at is None:
        told.append(said["automatic_repeat"] if verdict.repeated else said["automatic_person"])
    return told
