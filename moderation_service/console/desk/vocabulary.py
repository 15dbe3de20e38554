"""The words of the desk for what the service names in one word: reasons, verdicts, what happened to a case.

Each is translated where it is shown.
"""

from __future__ import annotations

from moderation_service.console.words import later

REASONS = {
    "danger_to_life": later("Danger to life"),
    "child_safety": later("Child safety"),
    "terrorism": later("Terrorism"),
    "violence": later("Violence"),
    "self_harm": later("Self-harm"),
    "hate": later("Hate"),
    "privacy": later("Privacy"),
    "harassment": later("Harassment"),
    "defamation": later("Defamation"),
    "illegal_other": later("Otherwise illegal"),
    "scam": later("Scam"),
    "sexual": later("Sexual content"),
    "misleading": later("Misleading"),
    "copyright": later("Copyright"),
    "spam": later("Spam"),
    "other": later("Something else"),
}
NETWORKS = {"activitypub": later("ActivityPub"), "atproto": later("AT Protocol")}
# What a legal notice may lack, by the names of the API's fields.
MISSING = {
    "explanation": later("why it is illegal"),
    "name": later("a name"),
    "email": later("an e-mail address"),
    "good_faith": later("confirmation that it is given in good faith"),
}
LANES = {
    1: later("Escalated by a rule"),
    2: later("Escalated by a moderator"),
    3: later("Danger to life"),
    4: later("Hidden too long"),
}
PROPOSED = {"clear": later("Clear"), "takedown": later("Take down")}
VERDICTS = {"clear": later("Cleared"), "takedown": later("Taken down")}
PARTS = {
    "headline": later("headline"),
    "dateline": later("dateline"),
    "paragraph": later("paragraph %(number)s"),
    "question": later("question %(number)s"),
}
GROUNDS = {"terms": later("terms of use"), "law": later("law")}
ROLES = {"moderator": later("moderator"), "senior": later("senior"), "admin": later("admin")}
EVENTS = {
    "opened": later("Opened"),
    "reopened": later("Opened anew"),
    "reason_added": later("A new reason was given"),
    "claimed": later("Claimed"),
    "released": later("Given back"),
    "skipped": later("Skipped"),
    "handed_over": later("Handed over"),
    "escalated": later("Escalated"),
    "rule_fired": later("A rule fired"),
    "rule_reverted": later("A rule was taken back"),
    "closed_as_repeat": later("Closed as a repeat"),
    "flags_handed_over": later("Its flags went into the open case"),
    "noted": later("Note"),
    "proposed": later("A verdict was proposed"),
    "proposal_withdrawn": later("The proposal was taken back"),
    "decided": later("Decided"),
    "applied": later("Applied, and read back from the content store"),
    "dead_letter": later("The content store could not be made to obey"),
    "hidden": later("Hidden until it is reviewed"),
    "restored": later("Shown again"),
    "article_revised": later("The article was changed"),
}
SKIPPING = (
    later("I know somebody concerned"),
    later("I do not read this language well enough"),
    later("It takes somebody who knows the subject"),
    later("I need a break from this"),
)
