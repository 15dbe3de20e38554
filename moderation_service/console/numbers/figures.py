"""The figures of the numbers page: what each is called, what it means, and its columns."""

from __future__ import annotations

from moderation_service.console.numbers.figure import Figure
from moderation_service.console.numbers.reading import course_of, flow, open_cases, quality, rows_of, workload
from moderation_service.console.numbers.sheet import Column, Kind
from moderation_service.console.words import later
from moderation_service.queries import figures

WORDS = {
    "live": later("live"),
    "shadow": later("shadow"),
    "open": later("open"),
    "closed": later("closed"),
    "colleagues": later("Colleagues together"),
    "team": later("All together"),
    "overall": later("All together"),
    "uncited": later("Cleared by both"),
}

AT = Column("at", later("From"), Kind.MOMENT)
HALF = Column("p50", later("Half within (p50)"), Kind.SECONDS, drawn=True)
NINE_OF_TEN = Column("p90", later("Nine of ten within (p90)"), Kind.SECONDS, drawn=True)
LOW = Column("low", later("At least"), Kind.SHARE, only_in_file=True)
HIGH = Column("high", later("At most"), Kind.SHARE, only_in_file=True)

FIGURES = (
    Figure(
        "flow",
        later("Flags and decisions"),
        later(
            "Flags by when they were received, also those that their readers took back; all decisions, also those "
            "that supersede others."
        ),
        (AT, Column("flags", later("Flags"), drawn=True), Column("decisions", later("Decisions"), drawn=True)),
        flow,
        lines=True,
        headline={"flags": later("Flags"), "decisions": later("Decisions")},
    ),
    Figure(
        "flag-to-decision",
        later("From flag to decision"),
        later(
            "From the first flag of a case to its first decision, for the cases that were first decided then. "
            "Percentiles are times that did occur."
        ),
        (AT, Column("cases", later("Cases decided")), HALF, NINE_OF_TEN),
        course_of(figures.flag_to_decision),
        lines=True,
        headline={"p50": later("Half of the cases decided within")},
    ),
    Figure(
        "decision-to-applied",
        later("From decision to applied"),
        later(
            "From a decision to the moment it was first read back from the content store. Decisions that are not "
            "applied wait, have failed, or were overtaken by a later one."
        ),
        (AT, Column("decisions", later("Decisions")), Column("applied", later("Applied")), HALF, NINE_OF_TEN),
        course_of(figures.decision_to_applied),
        lines=True,
        headline={"p90": later("Nine of ten decisions applied within")},
    ),
    Figure(
        "overturned",
        later("Overturned decisions"),
        later(
            "Of the decisions made then, those that another decision has superseded since with another outcome: by a "
            "colleague, or by the person who had decided (undone, too)."
        ),
        (
            AT,
            Column("decisions", later("Decisions")),
            Column("overturned", later("Overturned by a colleague")),
            Column("changed", later("Changed by the same person")),
            Column("overturned_share", later("Share overturned"), Kind.SHARE, drawn=True),
            Column("changed_share", later("Share changed"), Kind.SHARE, drawn=True),
        ),
        course_of(figures.overturned),
        lines=True,
        headline={"overturned_share": later("Decisions overturned")},
    ),
    Figure(
        "open",
        later("Open cases by age"),
        later("Cases that wait for a decision now, whatever the period, by the time since they were opened."),
        (
            Column("age", later("Open for at least"), Kind.SECONDS),
            Column("until", later("and less than"), Kind.SECONDS),
            Column("cases", later("Cases"), drawn=True),
            Column("overdue", later("of them overdue")),
        ),
        open_cases,
        headline={"cases": later("Open cases now")},
    ),
    Figure(
        "workload",
        later("Workload"),
        later(
            "Decisions by who made them; one that took two persons by who approved it, and among the proposals of who "
            "proposed it. Seniors see everybody on their sites; all others see themselves, and their colleagues "
            "together."
        ),
        (
            Column("who", later("Whose"), Kind.WORD, only_in_file=True),
            Column("moderator", later("Moderator"), Kind.TEXT),
            Column("decisions", later("Decisions"), drawn=True),
            Column("takedowns", later("Taken down")),
            Column("clearances", later("Cleared")),
            Column("proposals", later("Proposals")),
        ),
        workload,
    ),
    Figure(
        "rules",
        later("Precision of the rules"),
        later(
            "Cases on which a rule fired then, by the decision in force today: precision is the share of takedowns "
            "among those decided. The thin line is the range in which it lies with a certainty of 95 per cent."
        ),
        (
            Column("rule", later("Rule"), Kind.TEXT),
            Column("precision", later("Precision"), Kind.SHARE, drawn=True),
            LOW,
            HIGH,
            Column("cases", later("Cases")),
            Column("takedowns", later("Taken down")),
            Column("clearances", later("Cleared")),
            Column("mode", later("Mode"), Kind.WORD),
            Column("site", later("Site"), Kind.TEXT),
        ),
        rows_of(figures.rule_precision),
    ),
    Figure(
        "articles",
        later("The busiest articles"),
        later("The ten articles for which most flags were received, and how many readers sent them."),
        (
            Column("article", later("Article"), Kind.TEXT),
            Column("flags", later("Flags"), drawn=True),
            Column("readers", later("Readers")),
            Column("case_id", later("Case"), only_in_file=True),
            Column("state", later("Newest case"), Kind.WORD),
            Column("site", later("Site"), Kind.TEXT),
        ),
        rows_of(figures.busiest_articles),
    ),
    Figure(
        "quality",
        later("Agreement of the QA sample"),
        later(
            "Of the decisions made then that a senior has judged anew without knowing them, those he judged alike, by "
            "the clause cited. The thin line is the range in which the share lies with a certainty of 95 per cent."
        ),
        (
            Column("about", later("About"), Kind.WORD, only_in_file=True),
            Column("clause", later("Clause"), Kind.TEXT),
            Column("share", later("Share judged alike"), Kind.SHARE, drawn=True),
            LOW,
            HIGH,
            Column("cases", later("Cases")),
            Column("agreed", later("Judged alike")),
            Column("in_full", later("in parts and clause, too")),
        ),
        quality,
        headline={"share": later("Agreement of the QA sample")},
    ),
)
BY_NAME = {figure.name: figure for figure in FIGURES}
