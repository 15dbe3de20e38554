"""What `createReport` says: every reason type there is, and the bounds of its words."""

from __future__ import annotations

from typing import Any

import pytest

from moderation_service.doors.create_report import REASON_TYPES, fewest_graphemes, report_of
from moderation_service.errors import Invalid
from moderation_service.policy.vocabulary import Reason

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
GROUPS = {
    "Violence": "Animal Threats GraphicContent Glorification ExtremistContent Trafficking Other",
    "Sexual": "AbuseContent NCII Deepfake Animal Unlabeled Other",
    "ChildSafety": "CSAM Groom Privacy Harassment Other",
    "Harassment": "Troll Targeted HateSpeech Doxxing Other",
    "Misleading": "Bot Impersonation Spam Scam Elections Other",
    "Rule": "SiteSecurity ProhibitedSales BanEvasion Other",
    "SelfHarm": "Content ED Stunts Substances Other",
}


def told(**changes: Any) -> dict[str, Any]:
    subject = {"type": "com.atproto.repo.strongRef", "uri": "https://courier.example/ferry", "cid": "bafy"}
    return {"reason_type": "com.atproto.moderation.defs#reasonSpam", "subject": subject} | changes


def test_every_reason_type_is_known() -> None:
    new = [f"{group}{name}" for group, names in GROUPS.items() for name in names.split()]
    old = ["Spam", "Violation", "Misleading", "Sexual", "Rude", "Other", "Appeal"]
    tokens = {f"tools.ozone.report.defs#reason{name}" for name in [*new, "Appeal", "Other"]}
    assert set(REASON_TYPES) == tokens | {f"com.atproto.moderation.defs#reason{name}" for name in old}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("com.atproto.moderation.defs#reasonRude", Reason.HARASSMENT),
        ("tools.ozone.report.defs#reasonViolenceExtremistContent", Reason.TERRORISM),
        ("tools.ozone.report.defs#reasonChildSafetyGroom", Reason.CHILD_SAFETY),
        ("example.another.defs#reasonOfItsOwn", Reason.OTHER),
    ],
)
def test_a_reason_type_becomes_a_reason(token: str, reason: Reason) -> None:
    report = report_of(told(reason_type=token), reporter=DID, host=None)
    assert (report.reason, report.detail["reasonType"]) == (reason, token)


def test_an_account_is_no_article() -> None:
    with pytest.raises(Invalid, match="an account is none of them"):
        report_of(told(subject={"type": "com.atproto.admin.defs#repoRef"}), reporter=DID, host=None)


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("a" * 2000, True),
        ("a" * 2001, False),
        ("ä" * 2000, True),
        ("\U0001f469\u200d\U0001f467" * 1500, True),
        ("\U0001f469\u200d\U0001f467" * 1818 + "ab", True),  # 20,000 bytes
        ("\U0001f469\u200d\U0001f467" * 1818 + "abc", False),
    ],
)
def test_a_reason_has_2000_graphemes_and_20000_bytes_at_most(words: str, taken: bool) -> None:
    if taken:
        assert report_of(told(reason=words), reporter=DID, host=None).comment == words
    else:
        with pytest.raises(Invalid):
            report_of(told(reason=words), reporter=DID, host=None)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("abc", 3),
        ("e\u0301", 1),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f", 1),
        ("\U0001f44d\U0001f3fd", 1),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 2),
        ("\u1112\u1161\u11ab", 1),
        ("a\r\nb", 3),
    ],
)
def test_graphemes_are_counted_as_readers_see_them(words: str, count: int) -> None:
    assert fewest_graphemes(words) == count
