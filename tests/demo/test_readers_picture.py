"""What somebody sees who watches a play."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from moderation_service.demo.readers.judging import Waiting, bad_before_fine, on_top
from moderation_service.demo.readers.picture import Line, Look, Scene, picture, summary
from moderation_service.demo.readers.screen import LEAVE, shown_on
from moderation_service.demo.readers.tally import Counts, Tally
from moderation_service.demo.readers.watching import Seen


def case(article: str, *, bad: bool, besieged: bool = False) -> Waiting:
    return Waiting(article, ("misleading",), 3, bad, "main", 120.0, bad, besieged)


QUEUE = [
    case("harbour-water-cure", bad=True),
    case("ring-road", bad=False, besieged=True),
    case("hedge-row", bad=True),
    case("quiet-comet", bad=False),
]
SCENE = Scene(
    elapsed=151.0,
    lasts=600.0,
    pace=4.0,
    seed=17,
    counts=Counts(
        total={"views": 1203, "honest": 27, "brigade": 14, "brigade ring-road": 14, "on bad": 27, "on fine": 16},
        lately={"views": 480, "honest": 11},
        last=((150.0, "honest flag on hedge-row: privacy"),),
    ),
    seen=Seen(
        looked=True,
        queue=QUEUE,
        states={"letter-doctor": "removed_legal"},
        risen={"hedge-row": 41.0},
        gone={"letter-doctor": 90.0},
    ),
    besieged=("ring-road", "seagull-levy"),
    outstanding=0,
)


def text(scene: Scene = SCENE, width: int = 100, height: int = 40) -> str:
    return "\n".join(line.text for line in picture(scene, width, height))


def test_it_says_what_came_in_and_how_much_of_it_lately() -> None:
    assert "  views             1203          480" in text()
    assert "  honest flags        27           11  ######" in text()


def test_the_queue_stands_in_its_order_with_what_is_true_of_each_article() -> None:
    lines = [line for line in picture(SCENE, 100, 40) if "3 flags" in line.text]
    assert [line.text.split()[0] for line in lines] == ["1", "2", "3", "4"]
    assert [line.look for line in lines] == [Look.BAD, Look.WARN, Look.BAD, Look.PLAIN]
    assert lines[1].text.endswith("fine, besieged")


def test_it_says_how_well_bad_and_fine_are_told_apart() -> None:
    assert "flags: 27 on bad articles, 16 on fine ones" in text()
    assert "1 of 2 bad articles are among its first 2; bad stands before fine in 75% of pairs" in text()
    assert "1 of 9 bad articles: letter-doctor (removed, legal)" in text()
    assert "brigade against ring-road: 14 flags, place 2 of 4 in the queue, still up" in text()


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 legal notice, 1 repeat, counted once"), (2, "2 legal notices, 2 repeats, counted once")],
)
def test_one_is_told_as_one(count: int, words: str) -> None:
    counts = replace(SCENE.counts, total={"notices": count, "repeats": count})
    assert f"  {words}\n" in text(replace(SCENE, counts=counts))


def test_a_brigade_that_has_not_come_yet_is_not_told_of() -> None:
    assert "seagull-levy" not in text()


def test_what_was_taken_down_without_cause_stands_out() -> None:
    wronged = replace(SCENE, seen=replace(SCENE.seen, states={"quiet-comet": "removed"}, gone={"quiet-comet": 99.0}))
    assert "fine, and yet not shown as it was: quiet-comet" in text(wronged)


def test_trouble_is_said_and_its_end_moves_nothing() -> None:
    troubled = replace(SCENE, outstanding=3, seen=replace(SCENE.seen, away="the service does not answer"))
    assert "TROUBLE  the service does not answer; 3 wait to be sent again" in text(troubled)
    assert len(text(troubled).splitlines()) == len(text().splitlines())


def test_without_the_moderator_s_password_the_rest_is_shown() -> None:
    assert "IN THE QUEUE   not shown" in text(replace(SCENE, seen=Seen(looked=True)))


def test_what_nobody_has_told_yet_is_not_known() -> None:
    assert "IN THE QUEUE   not known yet" in text(replace(SCENE, seen=Seen()))


@pytest.mark.parametrize(("width", "height"), [(40, 12), (80, 24), (200, 60)])
def test_it_is_never_larger_than_the_terminal(width: int, height: int) -> None:
    lines = picture(replace(SCENE, seen=replace(SCENE.seen, queue=QUEUE * 20)), width, height)
    assert len(lines) <= height
    assert max(len(line.text) for line in lines) <= width


def test_the_besieged_are_shown_however_far_down_they_stand() -> None:
    queue = [*[QUEUE[0]] * 40, QUEUE[1]]
    assert "  41 " in text(replace(SCENE, seen=replace(SCENE.seen, queue=queue)), height=30)


def test_the_summary_says_when_each_bad_article_came_to_the_top() -> None:
    assert "  00:41  hedge-row" in summary(SCENE)


def test_a_perfect_order_has_all_that_is_bad_first() -> None:
    perfect = sorted(QUEUE, key=lambda waiting: not waiting.bad)
    assert bad_before_fine(perfect) == 1
    assert len(on_top(perfect)) == 2
    assert bad_before_fine([QUEUE[0]]) is None


def test_only_what_changed_is_drawn_and_the_terminal_is_given_back() -> None:
    out = io.StringIO()

    def drawn(*texts: str) -> str:
        begin = out.tell()
        screen.draw(lambda *_: lines(texts))
        return out.getvalue()[begin:]

    with shown_on(out) as screen:
        assert "one" in drawn("one", "two")
        assert drawn("one", "three") == "\x1b[2;1H\x1b[mthree\x1b[0m\x1b[K"
        assert drawn("one", "three") == ""
        assert drawn("one") == "\x1b[2;1H\x1b[m\x1b[0m\x1b[K"
    assert out.getvalue().endswith(LEAVE)


def test_what_happened_a_while_ago_is_not_lately() -> None:
    now = [0.0]
    tally = Tally(lambda: now[0])
    tally.count("views")
    now[0] = 61.0
    tally.count("views", words="later")
    counts = tally.counts()
    assert (counts.total["views"], counts.lately["views"], counts.last) == (2, 1, ((61.0, "later"),))


def test_another_receipt_for_the_same_flag_would_be_told() -> None:
    tally = Tally(lambda: 0.0)
    assert tally.keep_receipt(1, "a")
    assert not tally.keep_receipt(1, "a")
    assert not tally.keep_receipt(1, "b")
    assert tally.counts().total["counted twice"] == 1


def lines(texts: Sequence[str]) -> list[Line]:
    return [Line(text) for text in texts]
