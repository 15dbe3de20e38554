"""The reasons that readers are offered: few and plain, the most frequent first; other reporters may use all of them."""

from __future__ import annotations

from moderation_service.policy.vocabulary import Reason

OFFERED = (
    Reason.MISLEADING,
    Reason.HATE,
    Reason.HARASSMENT,
    Reason.PRIVACY,
    Reason.VIOLENCE,
    Reason.SELF_HARM,
    Reason.SCAM,
    Reason.SEXUAL,
    Reason.OTHER,
)

# To whoever says that something is illegal; the Digital Services Act, Article 16.
ILLEGAL = (
    Reason.DANGER_TO_LIFE,
    Reason.CHILD_SAFETY,
    Reason.TERRORISM,
    Reason.VIOLENCE,
    Reason.HATE,
    Reason.DEFAMATION,
    Reason.PRIVACY,
    Reason.SCAM,
    Reason.COPYRIGHT,
    Reason.ILLEGAL_OTHER,
)

# Article 16(2)(c): whoever reports an offence against children need not say who he is.
NAMELESS = (Reason.CHILD_SAFETY,)
