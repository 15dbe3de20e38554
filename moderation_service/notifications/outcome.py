"""What a reader is told of his flag, in words: pure functions, the same for the receipt's page and for mail."""

from __future__ import annotations

from moderation_service.notifications.standing import Standing
from moderation_service.tongues import words
from moderation_service.tongues.moments import moment

OPEN = {"received": "received", "in review": "in_review", "withdrawn": "withdrawn"}


def name(standing: Standing) -> str:
    """Where a flag stands, by the name that its words have."""
    verdict = standing.verdict
    if standing.state in OPEN or verdict is None:
        return OPEN[standing.state]
    if verdict.upheld:
        return "removed" if verdict.whole else "redacted"
    return "left_part" if verdict.parts else "left"


def title(standing: Standing, language: str) -> str:
    """Where a flag stands, in few words."""
    return words(language, "receipt")[f"{name(standing)}_title"]


def explanation(standing: Standing, language: str) -> list[str]:
    """The same, told whole: what it means, and for what is decided how, when, and whether the site follows."""
    said = words(language, "receipt")
    told = [said[name(standing)].format(site=standing.site)]
    verdict = standing.verdict
    if verdict is None or standing.state == "withdrawn":
        return told
    told += [said["repeated"]] * verdict.repeated + [said["changed"]] * verdict.changed
    told.append(said["decided_on"].format(at=moment(verdict.decided_at, language)))
    if verdict.upheld:
        applied = verdict.applied_at and said["applied_on"].format(at=moment(verdict.applied_at, language))
        told.append(applied or said["not_applied"])
    return told


def reason(standing: Standing, language: str) -> str | None:
    """The words that introduce the rule a takedown cites; None where it cites none."""
    verdict = standing.verdict
    if verdict is None or verdict.clause is None or standing.state == "withdrawn":
        return None
    return words(language, "receipt")[f"reason_{verdict.clause.ground}"].format(site=standing.site)


def automatic(standing: Standing, language: str) -> list[str]:
    """Whether programs had a part in it; the Digital Services Act, Article 16(6), asks to be told."""
    said, verdict = words(language, "receipt"), standing.verdict
    told = [said["automatic_order"]] + [said["automatic_hidden"]] * standing.hidden
    if verdict is not None:
        told.append(said["automatic_repeat"] if verdict.repeated else said["automatic_person"])
    return told
