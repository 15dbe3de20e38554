"""Words by which moderators of other servers call what is wrong, and what they are called here.

The labels are those of IFTAS (`iftas-org/resources`, LABELS), which are the terms of the glossary of the Digital Trust
& Safety Partnership, as far as an article can earn them.
"""

from __future__ import annotations

import re

from moderation_service.policy.vocabulary import Reason

LABELS: dict[str, Reason] = {
    "astroturfing": Reason.MISLEADING,
    "catfishing": Reason.SCAM,
    "copyright infringement": Reason.COPYRIGHT,
    "counterfeit": Reason.COPYRIGHT,
    "csam": Reason.CHILD_SAFETY,
    "csea": Reason.CHILD_SAFETY,
    "defamation": Reason.DEFAMATION,
    "dehumanization": Reason.HATE,
    "disinformation": Reason.MISLEADING,
    "doxxing": Reason.PRIVACY,
    "explicit content": Reason.SEXUAL,
    "glorification of violence": Reason.VIOLENCE,
    "hate speech": Reason.HATE,
    "impersonation": Reason.SCAM,
    "incitement": Reason.VIOLENCE,
    "misinformation": Reason.MISLEADING,
    "ncii": Reason.HARASSMENT,
    "online harassment": Reason.HARASSMENT,
    "phishing": Reason.SCAM,
    "sextortion": Reason.HARASSMENT,
    "sock puppets": Reason.SCAM,
    "spam": Reason.SPAM,
    "synthetic media": Reason.MISLEADING,
    "troll": Reason.HARASSMENT,
    "tvec": Reason.TERRORISM,
    "violent threat": Reason.VIOLENCE,
}
_FIRST_WORDS = re.compile(r"[\w -]+")


def reason_in(words: str) -> Reason:
    """The reason that a comment begins with, where that is a label and nothing else: `Hate-Speech: see the end`."""
    first = _FIRST_WORDS.match(words)
    label = first[0].replace("-", " ").strip().casefold() if first else ""
    return LABELS.get(label, Reason.OTHER)
