"""The words for what is wrong with an article and for what may be done about it, in order of gravity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a reader flags; from the gravest to the mildest."""

    DANGER_TO_LIFE = "danger_to_life"
    CHILD_SAFETY = "child_safety"
    TERRORISM = "terrorism"
    VIOLENCE = "violence"
    SELF_HARM = "self_harm"
    HATE = "hate"
    PRIVACY = "privacy"
    HARASSMENT = "harassment"
    DEFAMATION = "defamation"
    ILLEGAL_OTHER = "illegal_other"
    SCAM = "scam"
    SEXUAL = "sexual"
    MISLEADING = "misleading"
    COPYRIGHT = "copyright"
    SPAM = "spam"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReasonFacts:
    """What follows from a reason.

    `severity` is 1 (annoying) to 5 (somebody may die); `gloss` is what a reader is shown; `dsa_category` is the
    category of the Digital Services Act's Transparency Database that the allegation usually falls under (its
    `STATEMENT_CATEGORY_` prefix left out); a moderator's decision, not this, sets the final one.
    """

    severity: int
    gloss: str
    dsa_category: str


REASONS: dict[Reason, ReasonFacts] = {
    Reason.DANGER_TO_LIFE: ReasonFacts(5, "Someone's life or safety is in danger", "VIOLENCE"),
    Reason.CHILD_SAFETY: ReasonFacts(5, "A child is exploited or endangered", "PROTECTION_OF_MINORS"),
    Reason.TERRORISM: ReasonFacts(5, "It supports terrorism", "RISK_FOR_PUBLIC_SECURITY"),
    Reason.VIOLENCE: ReasonFacts(4, "It threatens or calls for violence", "VIOLENCE"),
    Reason.SELF_HARM: ReasonFacts(4, "It encourages suicide or self-harm", "SELF_HARM"),
    Reason.HATE: ReasonFacts(4, "It attacks people for who they are", "ILLEGAL_OR_HARMFUL_SPEECH"),
    Reason.PRIVACY: ReasonFacts(3, "It exposes someone's private data", "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"),
    Reason.HARASSMENT: ReasonFacts(3, "It bullies or harasses someone", "CYBER_VIOLENCE"),
    Reason.DEFAMATION: ReasonFacts(3, "It states something false that damages someone", "ILLEGAL_OR_HARMFUL_SPEECH"),
    Reason.ILLEGAL_OTHER: ReasonFacts(3, "It is illegal for another reason", "NOT_SPECIFIED_NOTICE"),
    Reason.SCAM: ReasonFacts(3, "It is a scam or fraud", "SCAMS_AND_FRAUD"),
    Reason.SEXUAL: ReasonFacts(2, "It shows sexual content that does not belong here", "OTHER_VIOLATION_TC"),
    Reason.MISLEADING: ReasonFacts(2, "It is false or misleading", "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"),
    Reason.COPYRIGHT: ReasonFacts(
        2, "It uses someone's work without permission", "INTELLECTUAL_PROPERTY_INFRINGEMENTS"
    ),
    Reason.SPAM: ReasonFacts(1, "It is advertising or spam", "OTHER_VIOLATION_TC"),
    Reason.OTHER: ReasonFacts(1, "Something else is wrong", "OTHER_VIOLATION_TC"),
}

SEVERITIES: dict[str, int] = {reason.value: facts.severity for reason, facts in REASONS.items()}


# What a clause may fall under, as `dsa_category` above has it.
DSA_CATEGORIES = (
    "ANIMAL_WELFARE",
    "CONSUMER_INFORMATION",
    "CYBER_VIOLENCE",
    "CYBER_VIOLENCE_AGAINST_WOMEN",
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    "ILLEGAL_OR_HARMFUL_SPEECH",
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    "NOT_SPECIFIED_NOTICE",
    "NOT_SPECIFIED_ORDER",
    "OTHER_VIOLATION_TC",
    "PROTECTION_OF_MINORS",
    "RISK_FOR_PUBLIC_SECURITY",
    "SCAMS_AND_FRAUD",
    "SELF_HARM",
    "UNSAFE_AND_PROHIBITED_PRODUCTS",
    "VIOLENCE",
)


class Action(StrEnum):
    """What a moderator may decide."""

    TAKEDOWN = "takedown"
    CLEAR = "clear"


class Ground(StrEnum):
    """On what a takedown rests: the site's own terms, or the law."""

    TERMS = "terms"
    LAW = "law"


class SecondFor(StrEnum):
    """Why a verdict waits for a second person who agrees."""

    RULE = "rule"  # a rule wants it on this case, whatever is decided
    EDITORIAL = "editorial"  # the policy does, for takedowns of what the newsroom wrote
    BULK = "bulk"  # the policy does, for takedowns sent together with many others


class Role(StrEnum):
    """What a member of the team may do; each one may do all that those before it may."""

    MODERATOR = "moderator"
    SENIOR = "senior"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for the role that may do least."""
        return list(Role).index(self)
