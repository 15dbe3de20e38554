"""The plan of a play: the same for the same seed, in the proportions that it promises, and a brigade is a brigade."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache

from moderation_service.demo.paper.manuscripts import manuscripts
from moderation_service.demo.readers import saying
from moderation_service.demo.readers.attention import attention, busy
from moderation_service.demo.readers.events import Event, Flag, Kind, LegalNotice, View, Withdrawal
from moderation_service.demo.readers.plan import BRIGADE_LASTS, BRIGADE_SIZE, plan
from moderation_service.demo.world import world
from moderation_service.policy.readers import ILLEGAL
from moderation_service.policy.vocabulary import Reason

TEXTS = {
    external_id: {f"p{number}": text for number, text in enumerate(article["paragraphs"], 1)}
    for external_id, article in manuscripts("http://paper.example", date(2026, 3, 6))
}
HOURS = 60


@cache
def events() -> list[Event]:
    return plan(world(), TEXTS, 1, minutes=HOURS)


def flags(*kinds: Kind) -> list[Flag]:
    return [event for event in events() if isinstance(event, Flag) and event.kind in (kinds or Kind)]


def gangs() -> dict[str, list[Flag]]:
    found: dict[str, list[Flag]] = {}
    for flag in flags(Kind.BRIGADE):
        found.setdefault(flag.article, []).append(flag)
    return found


def test_the_same_seed_makes_the_same_plan_and_another_seed_another() -> None:
    assert plan(world(), TEXTS, 1, minutes=5) == plan(world(), TEXTS, 1, minutes=5)
    assert plan(world(), TEXTS, 1, minutes=5) != plan(world(), TEXTS, 2, minutes=5)


def test_it_is_in_the_order_of_time_and_ends_in_time() -> None:
    times = [event.at for event in events()]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] < 60 * HOURS


def test_most_flags_are_honest_and_few_are_taken_back() -> None:
    honest, noisy = len(flags(Kind.HONEST)), len(flags(Kind.NOISY))
    assert honest > 2 * noisy > 0
    withdrawn = sum(isinstance(event, Withdrawal) for event in events())
    assert 0.01 < withdrawn / len(flags()) < 0.1
    assert 0.03 < sum(flag.clicks == 2 for flag in flags()) / len(flags()) < 0.15
    assert any(flag.email for flag in flags(Kind.HONEST))


def test_honest_readers_flag_what_is_wrong_and_where_it_is() -> None:
    for flag in flags(Kind.HONEST):
        merit = world()[flag.article].merit
        assert merit
        assert flag.part in {None, *(merit.parts or TEXTS[flag.article])}


def test_most_of_them_name_the_very_reason() -> None:
    right = Counter(flag.reason == getattr(world()[flag.article].merit, "reason", None) for flag in flags(Kind.HONEST))
    assert right[True] > 3 * right[False] > 0


def test_words_that_are_quoted_stand_in_the_part() -> None:
    quoted = [flag for flag in flags() if flag.quote]
    assert quoted
    for flag in quoted:
        assert flag.quote
        assert flag.part
        around = flag.quote.prefix + flag.quote.exact + flag.quote.suffix
        assert around in TEXTS[flag.article][flag.part]


def test_a_brigade_is_many_fresh_accounts_within_minutes_after_one_harmless_article() -> None:
    assert len(gangs()) == 3
    for article, gang in gangs().items():
        assert world()[article].merit is None
        assert BRIGADE_SIZE[0] <= len({flag.reader.id for flag in gang}) == len(gang) <= BRIGADE_SIZE[1]
        assert gang[-1].at - gang[0].at <= BRIGADE_LASTS
        assert {flag.reason for flag in gang} == {world()[article].brigade}
        assert all(flag.reader.account < timedelta(days=1) for flag in gang)


def test_a_brigade_writes_almost_the_same_words() -> None:
    for gang in gangs().values():
        comments = [flag.comment or "" for flag in gang]
        assert len(set(comments)) > 1
        assert len({word for comment in comments for word in comment.split()}) < 40


def test_nobody_flags_an_article_twice() -> None:
    assert max(Counter((flag.reader.id, flag.article) for flag in flags()).values()) == 1


def test_a_flag_is_taken_back_after_it_was_sent() -> None:
    sent = {flag.number: flag.at for flag in flags()}
    assert all(event.at > sent[event.flag] for event in events() if isinstance(event, Withdrawal))


def test_what_many_want_to_read_is_opened_more_often() -> None:
    opened = Counter(event.article for event in events() if isinstance(event, View))
    assert opened["harbour-water-cure"] > 2 * opened["letter-night-bus"] > 0


def test_nights_are_calm_and_stories_grow_old() -> None:
    assert busy(5) > 3 * busy(19)  # noon, and two in the morning
    assert attention(5, 0) > attention(5, 6) > attention(5, 60) > 0


def test_legal_notices_are_about_what_breaks_the_law() -> None:
    notices = [event for event in events() if isinstance(event, LegalNotice)]
    assert notices
    for notice in notices:
        merit = world()[notice.article].merit
        assert merit
        assert (merit.ground, notice.reason) == ("law", merit.reason)
        assert Reason(notice.reason) in ILLEGAL


def test_there_are_words_for_all_that_is_wrong() -> None:
    wrong = [(known.merit.reason, known.language) for known in world().values() if known.merit]
    assert [pair for pair in wrong if not saying.words()["honest"][pair[0]][pair[1]]] == []


def test_readers_know_no_reason_that_there_is_not() -> None:
    said = saying.words()
    near = [reason for reasons in said["near"].values() for reason in reasons]
    assert {*said["honest"], *near, *said["noisy"]["reasons"]} <= {reason.value for reason in Reason}
