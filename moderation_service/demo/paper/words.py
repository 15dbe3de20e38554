"""What the newspaper itself says, in its two languages, and its sections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from babel.dates import format_date

# By section, what its stories have as their category, and how it is called; in the order of the front page.
SECTIONS: dict[str, dict[str, str]] = {
    "politics": {"en": "Politics", "de": "Politik"},
    "local": {"en": "Local", "de": "Lokales"},
    "business": {"en": "Business", "de": "Wirtschaft"},
    "health": {"en": "Health", "de": "Gesundheit"},
    "science": {"en": "Science", "de": "Wissenschaft"},
    "technology": {"en": "Technology", "de": "Technik"},
    "culture": {"en": "Culture", "de": "Kultur"},
    "sport": {"en": "Sport", "de": "Sport"},
    "opinion": {"en": "Opinion", "de": "Meinung"},
    "letters": {"en": "Letters", "de": "Leserbriefe"},
    "more": {"en": "More", "de": "Weiteres"},
}
_SECTION_OF = {name.casefold(): section for section, names in SECTIONS.items() for name in names.values()}

EN = {
    "title": "The Demo Courier",
    "motto": "All the news that never happened",
    "edition": "Deutsche Ausgabe",
    "skip": "Skip to the content",
    "sections": "Sections",
    "front": "Front page",
    "empty": "Nothing can be shown here at the moment.",
    "more": "continue reading…",
    "questions": "Questions",
    "actions": "Actions",
    "flag": "Flag content",
    "flag_part": "Flag this part",
    "from_reader": "A reader's letter",
    "gone_headline": "This headline was removed",
    "gone_dateline": "Place and date were removed",
    "gone_paragraph": "This paragraph was removed",
    "gone_question": "This question was removed",
    "removed": "This article was removed",
    "removed_text": "It was taken down after a review, because it broke our rules.",
    "removed_legal": "This article is not available for legal reasons",
    "removed_legal_text": "It was taken down because the law does not allow us to show it.",
    "blocked_by": "Who took it down",
    "hidden": "This article is being reviewed",
    "hidden_text": "Readers flagged it. Until somebody has looked at it, it is not shown; please come back later.",
    "unknown": "There is no such page",
    "unknown_text": "Perhaps the address was copied without its end.",
    "away": "This cannot be shown at the moment",
    "away_text": "We cannot make sure what of it may be shown. Please try again in a minute.",
    "stale": "The moderation service does not answer. You see what it last told us may be shown.",
    "mailbox": "Mailbox",
    "mailbox_text": "No mail server is set, so letters from the moderation service to readers end here. They are gone "
    "when the newspaper stops.",
    "colophon": "The places, the people and the studies in this newspaper are invented. It is part of a moderation "
    "service, to try it with.",
}
DE = {
    "title": "The Demo Courier",
    "motto": "Alle Nachrichten, die nie geschahen",
    "edition": "English edition",
    "skip": "Zum Inhalt springen",
    "sections": "Ressorts",
    "front": "Titelseite",
    "empty": "Hier kann im Augenblick nichts gezeigt werden.",
    "more": "weiterlesen …",
    "questions": "Fragen",
    "actions": "Aktionen",
    "flag": "Inhalt melden",
    "flag_part": "Diesen Teil melden",
    "from_reader": "Ein Leserbrief",
    "gone_headline": "Diese Überschrift wurde entfernt",
    "gone_dateline": "Ort und Datum wurden entfernt",
    "gone_paragraph": "Dieser Absatz wurde entfernt",
    "gone_question": "Diese Frage wurde entfernt",
    "removed": "Dieser Artikel wurde entfernt",
    "removed_text": "Er wurde nach einer Prüfung entfernt, weil er gegen unsere Regeln verstieß.",
    "removed_legal": "Dieser Artikel ist aus rechtlichen Gründen nicht verfügbar",
    "removed_legal_text": "Er wurde entfernt, weil das Gesetz uns nicht erlaubt, ihn zu zeigen.",
    "blocked_by": "Wer ihn entfernt hat",
    "hidden": "Dieser Artikel wird geprüft",
    "hidden_text": "Er wurde gemeldet. Bis ihn sich jemand angesehen hat, wird er nicht gezeigt; "
    "bitte kommen Sie später wieder.",
    "unknown": "Diese Seite gibt es nicht",
    "unknown_text": "Vielleicht wurde die Adresse ohne ihr Ende kopiert.",
    "away": "Das kann im Augenblick nicht gezeigt werden",
    "away_text": "Wir können nicht feststellen, was davon gezeigt werden darf. "
    "Bitte versuchen Sie es gleich noch einmal.",
    "stale": "Der Moderationsdienst antwortet nicht. Sie sehen, was nach seiner letzten Auskunft gezeigt werden darf.",
    "mailbox": "Postfach",
    "mailbox_text": "Es ist kein Mailserver eingestellt, darum landen Briefe des Moderationsdienstes an Leser hier. "
    "Endet die Zeitung, sind sie weg.",
    "colophon": "Orte, Menschen und Studien in dieser Zeitung sind erfunden. Sie gehört zu einem Moderationsdienst, "
    "um ihn auszuprobieren.",
}
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": EN, "de": DE})


def edition_of(language: str | None) -> str:
    """The edition that has articles in this language: the German one has those in German, the English all others."""
    return "de" if (language or "").partition("-")[0].lower() == "de" else "en"


def section_of(category: str | None) -> str:
    """The section of a category, which an article may write in either language and any case."""
    return _SECTION_OF.get((category or "").casefold(), "more")


def day_in_words(day: date, edition: str) -> str:
    """A day as the edition writes it: Mon Mar 17 2025, or Mo. 17. März 2025."""
    form = "EEE MMM d y" if edition == "en" else "EEE d. MMMM y"
    return format_date(day, form, locale=edition)
