"""The words for what rules are made of: modes, groups, fields, comparisons, actions and their options.

Each is translated where it is shown.
"""

from __future__ import annotations

from moderation_service.console.words import later

MODES = {
    "draft": later("draft"),
    "shadow": later("in shadow"),
    "live": later("live"),
    "retired": later("retired"),
}
MODE_MEANS = {
    "draft": later("It looks at nothing yet."),
    "shadow": later("It records what it would do, and does nothing."),
    "live": later("It acts on every case that its conditions fit, once."),
    "retired": later("It is out of use; what it did stays done."),
}
MODE_KINDS = {"draft": "", "shadow": "accent", "live": "clear", "retired": ""}
FIRINGS = later("Firings a day, the last 30 days")
FIRED = {"live": MODES["live"], "shadow": MODES["shadow"]}
BACKTEST_STATES = {
    "waiting": later("waiting"),
    "running": later("running"),
    "done": later("done"),
    "cancelled": later("cancelled"),
    "failed": later("failed"),
}
GROUPS = {"all": later("All of these"), "any": later("At least one of these"), "not": later("Not this")}
FIELDS = {
    "flags": later("flags by readers"),
    "reporters": later("distinct readers"),
    "counted": later("readers, counted by their records"),
    "flags_per_view": later("flags for each view by readers"),
    "fresh_share": later("share of new accounts"),
    "burst": later("times the usual rate of flags by readers"),
    "chance": later("probability that the flags are right"),
    "index": later("expected harm (the queue's index)"),
    "severity": later("severity"),
    "reach": later("views still to come"),
    "views": later("views so far"),
    "velocity": later("views per hour"),
    "article_age": later("hours since the article appeared"),
    "voices": later("readers of the case"),
    "repeat_flags": later("flags after earlier cases were cleared"),
    "takedowns": later("takedowns in force on the article"),
    "clears": later("clearances in force on the article"),
    "source_takedowns": later("takedowns in the category within 30 days"),
    "source_clears": later("clearances in the category within 30 days"),
    "category": later("category"),
    "origin": later("origin"),
    "language": later("language"),
    "reason": later("reasons given"),
}
OPERATORS = {
    ">=": later("at least"),
    ">": later("more than"),
    "<=": later("at most"),
    "<": later("less than"),
    "equals": later("exactly"),
    "in": later("one of"),
    "contains": later("contains"),
}
ORIGINS = {"editorial": later("written by the newsroom"), "user": later("written by readers")}
WHO = {
    "any": later("all of them"),
    "new": later("without a record"),
    "recorded": later("with a record"),
    "reliable": later("with more upheld flags than rejected ones"),
    "fresh": later("with an account younger than a day"),
    "trusted": later("who are trusted flaggers"),
}
ACTIONS = {
    "escalate": later("Escalate the case"),
    "queue": later("Put it into a named queue"),
    "severity": later("Set the severity"),
    "require": later("Require a person"),
    "hide": later("Hide the article until it is reviewed"),
    "notify": later("Notify somebody"),
    "deadline": later("Ask for a decision within a time"),
    "close_as_repeat": later("Close it as a repeat of a cleared case"),
    "mute": later("Mute readers until a person confirms it"),
}
# What each action does, with its choice where it has one, as words that follow `to`.
DEEDS = {
    "escalate": later("escalate the case"),
    "escalate danger_to_life": later("escalate the case as a danger to life"),
    "queue": later("put the case into the queue %(name)s"),
    "severity": later("set the severity to %(value)s of 5"),
    "require senior": later("require a senior"),
    "require second": later("require a second person"),
    "hide": later("hide the article until it is reviewed, where that is allowed"),
    "notify mail": later("notify %(to)s by mail"),
    "notify webhook": later("notify %(to)s by webhook"),
    "deadline": later("ask for a decision within %(within)s"),
    "close_as_repeat": later("close the case as a repeat of one that was cleared"),
    "mute": later(
        "mute its readers with %(rejected_at_least)s rejected flags or more, "
        "less than %(upheld_share_below)s of all upheld, until a person confirms it"
    ),
}
OPTIONS = {
    "lane": later("Lane"),
    "name": later("Name of the queue"),
    "value": later("Severity"),
    "who": later("Who"),
    "channel": later("By"),
    "to": later("Address"),
    "within": later("Within"),
    "reporters": later("Which readers"),
    "rejected_at_least": later("Rejected flags, at least"),
    "upheld_share_below": later("Share upheld, less than (0 to 1)"),
}
CHOICES = {
    "rule": later("before all others"),
    "danger_to_life": later("danger to life, before that one"),
    "senior": later("a senior"),
    "second": later("a second person"),
    "mail": later("mail"),
    "webhook": later("webhook"),
}
BACKTEST_VERDICTS = {
    "takedown": later("taken down"),
    "clear": later("cleared"),
    "no verdict": later("closed without a verdict"),
    "open": later("still open"),
}
LANES = {
    "escalated": later("Escalated"),
    "queue": later("Queue %(name)s"),
    "senior": later("For a senior"),
    "second": later("For two persons"),
}
LOAD = later("Cases a day")
LOADED = {"touched": later("touched"), "cases": later("all that came")}
SIDES = {
    "both": later("this rule and live ones"),
    "only_this": later("this rule alone"),
    "only_live": later("live rules alone"),
}
# What the schema says again and again; whatever else it says stays in English.
FAULTS = frozenset(
    {
        later("This is not JSON."),
        later("Not a number."),
        later("Not a whole number."),
        later("Blank."),
        later("Missing data for required field."),
        later("Must be a list of one condition at least."),
        later("Must be a list for in, and a single value otherwise."),
        later("Must be lower-case letters, digits and hyphens, and not begin with a hyphen."),
        later("Must have a field, or be exactly one of all, any and not."),
        later("Not a duration: a whole number and m, h or d, such as 90m, 6h or 2d."),
        later("Length must be between 1 and 10."),
    }
)
