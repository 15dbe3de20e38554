"""What a letter to a reader says: pure functions from where his flags stand to a subject and paragraphs.

Nothing that a reader wrote stands in it, since an address may be somebody else's than the writer's; of the article only
the headline that the site gave it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation_service.notifications import outcome
from moderation_service.notifications.standing import Standing
from moderation_service.notifications.wording import Link, Paragraph, Quoted, one_line
from moderation_service.tongues import closest, words
from moderation_service.tongues.moments import day


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that can be sent."""

    language: str
    subject: str
    paragraphs: list[Paragraph]


def compose(standings: Sequence[Standing], *, links: Mapping[int, str], stop: str, anew: bool) -> Letter:
    """The letter about flags on one article that stand alike; `anew` when their reader was told something else before.

    `links` are the receipts' pages, by flag; behind `stop` he can end such letters.
    """
    first = standings[0]
    language = language_of(first)
    said, title = words(language, "mail"), outcome.title(first, language)
    headline = one_line(first.headline) if first.headline else None
    named, unnamed = ("about", "about_an_article") if first.notice is None else ("about_item", "about_an_item")
    about = said[named if headline else unnamed].format(headline=headline, site=one_line(first.site))
    waits = said["in_review"].format(site=one_line(first.site))
    told = outcome.explanation(first, language) if first.verdict else [waits]
    which = headline or (outcome.item(first, language) if len(standings) == 1 else None)
    return Letter(
        language,
        said["subject"].format(title=title, which=which) if which else title,
        [
            about,
            *(_flag(standing, language) for standing in standings),
            *([said["anew"]] if anew else []),
            *told,
            *_reason(first, language),
            *_disagree(first, language, links[first.flag_id]),
            *(Link(_link_words(standing, language, len(standings)), links[standing.flag_id]) for standing in standings),
            said["why_you"],
            Link(said["stop"], stop),
        ],
    )


def confirmation(items: Sequence[Standing], *, link: str, stop: str) -> Letter:
    """The letter that confirms a legal notice, one for all of its items; behind `link` each is answered by itself."""
    first, language = items[0], language_of(items[0])
    said = words(language, "mail")
    about = said["about_notice"].format(
        site=one_line(first.site),
        day=day(first.received_at, language),
        reason=words(language, "reasons")[first.reason],
    )
    return Letter(
        language,
        said["notice_subject"],
        [
            about,
            *(_item(item, language) for item in items),
            said["notice_received"],
            Link(said["see_notice"], link),
            said["why_you"],
            Link(said["stop"], stop),
        ],
    )


def _item(item: Standing, language: str) -> str:
    """One of the places that a notice is about."""
    headline, (number, count) = one_line(item.headline or ""), item.item or (1, 1)
    key = "item" if headline else "item_unnamed"
    what = words(language, "mail")[key].format(headline=headline, place=outcome.place(item, language))
    return what if count == 1 else f"{number}. {what}"


def language_of(standing: Standing) -> str:
    """The language that a flag was sent in, else that of the article."""
    return closest(standing.locale, standing.article_language)


def _flag(standing: Standing, language: str) -> str:
    """Which flag it is: its day, its place and its reason, which is one of ours and nothing that its reader wrote."""
    said, item = words(language, "mail"), outcome.item(standing, language)
    key = "your_item" if item else "your_flag" if standing.notice is None else "your_notice"
    return said[key].format(
        item=item,
        day=day(standing.received_at, language),
        place=outcome.place(standing, language),
        reason=words(language, "reasons")[standing.reason],
    )


def _reason(standing: Standing, language: str) -> list[Paragraph]:
    """The rule that was broken, and whether programs had a part in it."""
    verdict = standing.verdict
    if verdict is None:
        return []
    told: list[Paragraph] = [" ".join(outcome.automatic(standing, language))]
    introduced = outcome.reason(standing, language)
    if introduced is None or verdict.clause is None:
        return told
    return [introduced, Quoted(f"{one_line(verdict.clause.title)}: {one_line(verdict.clause.text)}"), *told]


def _disagree(standing: Standing, language: str, link: str) -> list[Paragraph]:
    if standing.verdict is None:
        return []
    return [Link(words(language, "mail")["disagree"], f"{link}#disagree")]


def _link_words(standing: Standing, language: str, flags: int) -> str:
    see = words(language, "mail")["see" if standing.notice is None else "see_item"]
    return see if flags == 1 else f"{see} ({outcome.place(standing, language)})"
