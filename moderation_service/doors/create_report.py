"""What `com.atproto.moderation.createReport` says (lexicon as of August 2026)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from moderation_service.doors.report import Named, Report
from moderation_service.errors import Invalid
from moderation_service.policy.vocabulary import Reason
from moderation_service.sites.models import Door

METHOD = "com.atproto.moderation.createReport"
RECORD = "com.atproto.repo.strongRef"
ACCOUNT = "com.atproto.admin.defs#repoRef"
REASON_BYTES = 20_000
REASON_GRAPHEMES = 2_000

_OLD = {
    "Appeal": Reason.OTHER,
    "Misleading": Reason.MISLEADING,
    "Other": Reason.OTHER,
    "Rude": Reason.HARASSMENT,
    "Sexual": Reason.SEXUAL,
    "Spam": Reason.SPAM,
    "Violation": Reason.OTHER,
}
_NEW = {
    "Appeal": Reason.OTHER,
    "Other": Reason.OTHER,
    "ViolenceAnimal": Reason.ILLEGAL_OTHER,
    "ViolenceThreats": Reason.VIOLENCE,
    "ViolenceGraphicContent": Reason.VIOLENCE,
    "ViolenceGlorification": Reason.VIOLENCE,
    "ViolenceExtremistContent": Reason.TERRORISM,
    "ViolenceTrafficking": Reason.VIOLENCE,
    "ViolenceOther": Reason.VIOLENCE,
    "SexualAbuseContent": Reason.ILLEGAL_OTHER,
    "SexualNCII": Reason.HARASSMENT,
    "SexualDeepfake": Reason.HARASSMENT,
    "SexualAnimal": Reason.ILLEGAL_OTHER,
    "SexualUnlabeled": Reason.SEXUAL,
    "SexualOther": Reason.SEXUAL,
    "ChildSafetyCSAM": Reason.CHILD_SAFETY,
    "ChildSafetyGroom": Reason.CHILD_SAFETY,
    "ChildSafetyPrivacy": Reason.CHILD_SAFETY,
    "ChildSafetyHarassment": Reason.CHILD_SAFETY,
    "ChildSafetyOther": Reason.CHILD_SAFETY,
    "HarassmentTroll": Reason.HARASSMENT,
    "HarassmentTargeted": Reason.HARASSMENT,
    "HarassmentHateSpeech": Reason.HATE,
    "HarassmentDoxxing": Reason.PRIVACY,
    "HarassmentOther": Reason.HARASSMENT,
    "MisleadingBot": Reason.SCAM,
    "MisleadingImpersonation": Reason.SCAM,
    "MisleadingSpam": Reason.SPAM,
    "MisleadingScam": Reason.SCAM,
    "MisleadingElections": Reason.MISLEADING,
    "MisleadingOther": Reason.MISLEADING,
    "RuleSiteSecurity": Reason.OTHER,
    "RuleProhibitedSales": Reason.ILLEGAL_OTHER,
    "RuleBanEvasion": Reason.OTHER,
    "RuleOther": Reason.OTHER,
    "SelfHarmContent": Reason.SELF_HARM,
    "SelfHarmED": Reason.SELF_HARM,
    "SelfHarmStunts": Reason.SELF_HARM,
    "SelfHarmSubstances": Reason.SELF_HARM,
    "SelfHarmOther": Reason.SELF_HARM,
}
# The list is open: what is not on it is a reason too, and means `other` here.
REASON_TYPES: dict[str, Reason] = {
    **{f"com.atproto.moderation.defs#reason{name}": reason for name, reason in _OLD.items()},
    **{f"tools.ozone.report.defs#reason{name}": reason for name, reason in _NEW.items()},
}
_JOINER = "\N{ZERO WIDTH JOINER}"
_HALVES_OF_FLAGS = range(0x1F1E6, 0x1F200)
_CONTINUING = frozenset({"Cf", "Mc", "Me", "Mn"})
_CONTINUED = (range(0x1160, 0x1200), range(0x1F3FB, 0x1F400))  # later parts of Korean syllables, skin tones


def report_of(told: Mapping[str, Any], *, reporter: str, host: str | None) -> Report:
    """What a report says, whose members have the form that the lexicon gives them, by names as Python has them.

    Raises:
        Invalid: it is about an account, or its reason is too long.
    """
    subject, words = told["subject"], told.get("reason") or ""
    if subject["type"] != RECORD:
        raise Invalid("Only articles are reported here; an account is none of them", field="subject")
    if len(words.encode()) > REASON_BYTES or fewest_graphemes(words) > REASON_GRAPHEMES:
        raise Invalid(f"A reason has {REASON_GRAPHEMES:,} graphemes and {REASON_BYTES:,} bytes at most", field="reason")
    detail = {"reasonType": told["reason_type"], "cid": subject.get("cid"), "modTool": told.get("mod_tool")}
    return Report(
        door=Door.ATPROTO,
        reporter=reporter,
        objects=(Named(subject["uri"]),),
        reason=REASON_TYPES.get(told["reason_type"], Reason.OTHER),
        comment=words or None,
        host=host,
        detail={name: value for name, value in detail.items() if value is not None},
    )


def as_kept(told: Mapping[str, Any], comment: str | None, detail: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a report, with names as `told` has them, from its flag's comment and what is kept beside that.

    Who reports the same once more has told nothing new by it: the first of his reports stands. Its article is named as
    he names it now.
    """
    kept = {"reason": comment} if comment else {}
    cid = {"cid": detail["cid"]} if "cid" in detail else {}
    subject = {name: told["subject"][name] for name in ("type", "uri")} | cid
    return {"reason_type": detail["reasonType"], "subject": subject, **kept}


def fewest_graphemes(words: str) -> int:
    """How many characters a reader sees at the least; what only changes or continues another does not count.

    It errs to the lower side of UAX #29, so that no text is refused that the lexicon allows.
    """
    count, joined, halves = 0, False, 0
    for letter in words.replace("\r\n", "\n"):
        halves += ord(letter) in _HALVES_OF_FLAGS
        continues = unicodedata.category(letter) in _CONTINUING or any(ord(letter) in part for part in _CONTINUED)
        count += not (continues or joined or ord(letter) in _HALVES_OF_FLAGS)
        joined = letter == _JOINER
    return count + halves // 2
