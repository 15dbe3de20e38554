"""Decided cases looked at again: blind until one has said what one would have decided, then both verdicts."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from moderation_service.articles.content import Image
from moderation_service.cases.models import Case
from moderation_service.console.quality import views
from moderation_service.decisions.models import QaReview, QaSample
from moderation_service.intake.models import Flag
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Role
from tests.api.door import Door
from tests.console.cases import last_decision, open_case, other_site, verdict, words_of
from tests.console.desk import Desk, seat
from tests.factories import make_article, make_content, make_flag, make_policy

PATH = "/console/quality"
_numbers = itertools.count(1)
MOMENT = datetime(2026, 3, 10, 12, tzinfo=UTC)
NOTE = "The sum was never paid to anybody"


class Newsroom:
    """A site all of whose decisions are drawn, with a moderator and a senior."""

    def __init__(self, door: Door, slug: str) -> None:
        self.door = door
        self.site = other_site(door, slug)
        with door.services.database.transaction() as session:
            make_policy(session, self.site, qa_percent=100)
        self.decider = seat(door, f"gwendolyn-{slug}", Role.MODERATOR, self.site)
        self.senior = seat(door, f"zoe-{slug}", Role.SENIOR, self.site)

    def decided(self, name: str = "ferry", action: str = "takedown", *, by_two: bool = False, **flag: Any) -> int:
        """A case that the moderator decided, after a colleague's proposal where it is `by_two`; its number."""
        case_id = open_case(self.door, name, site_id=self.site.id, headline="A bell in the reeds", **flag)
        if by_two:
            with self.door.services.database.transaction() as session:
                session.execute(update(Case).where(Case.id == case_id).values(needs_second=True))
            first = seat(self.door, f"anna-{self.site.slug}", Role.MODERATOR, self.site)
            first.post(f"/console/cases/{case_id}/decision", verdict(self.door, case_id, action, note=NOTE))
        self.decider.post(f"/console/cases/{case_id}/decision", verdict(self.door, case_id, action, note=NOTE))
        return case_id

    def sample(self, name: str = "ferry", action: str = "takedown", **flag: Any) -> str:
        """The page of a decision that was drawn."""
        return self.path_of(self.decided(name, action, **flag))

    def path_of(self, case_id: int) -> str:
        """The page of what was decided last on a case."""
        decision = last_decision(self.door, case_id)
        assert decision is not None
        with self.door.services.database.transaction() as session:
            return f"{PATH}/{session.scalars(select(QaSample.id).where(QaSample.decision_id == decision.id)).one()}"

    def bare(self, path: str) -> tuple[str, dict[str, str]]:
        """A blind page and its headers without its sample's number and the form's token, which changes each time."""
        answer = self.senior.get(path)
        token, number = re.search(r'name="csrf-token" content="(\w+)"', answer.text), path.rpartition("/")[2]
        assert token is not None
        own = rf"{token[1]}|{re.escape(path)}\b|(?<=counts-){number}\b"
        headers = {name: value for name, value in answer.headers if name not in ("X-Request-Id", "Content-Length")}
        return re.sub(own, "", answer.text), headers

    def say(self, path: str, action: str = "clear", *, who: Desk | None = None, **changes: str) -> Any:
        """Send the form of the blind page."""
        form = {"action": action, "article_revision": "1", "note": "", "cited": ""} | changes
        return (who or self.senior).post(path, form)


@pytest.fixture
def newsroom(door: Door) -> Newsroom:
    """A newsroom of the test's own."""
    return Newsroom(door, f"paper-{next(_numbers)}")


def test_the_blind_page_says_nothing_of_what_was_decided(newsroom: Newsroom) -> None:
    page = newsroom.senior.get(newsroom.sample(target=Target(part="p1"), comment="It never left."))
    shown = words_of(page)
    for words in ("A bell in the reeds", "The ferry is back.", "It never left.", "Misleading 1"):
        assert words in shown
    # The word of the button that would take it down is all that is left of verdicts.
    bare = re.sub(r"Take down|takedown|Parts chosen in the article are taken down alone", "", page.text)
    for words in ("Gwendolyn", NOTE, "Taken down", "taken down", "Cleared", "History", "Decided", "/console/cases/"):
        assert words not in bare
    assert "selected" not in page.text
    assert "checked" not in page.text


def test_a_clearance_and_a_takedown_that_two_agreed_on_leave_the_same_page(newsroom: Newsroom) -> None:
    cleared, taken_down = newsroom.decided("one", "clear"), newsroom.decided("two", by_two=True)
    with newsroom.door.services.database.transaction() as session:  # what readers said, and when, is nobody's verdict
        session.execute(update(Flag).values(received_at=MOMENT))
    told = [newsroom.bare(newsroom.path_of(case_id)) for case_id in (cleared, taken_down)]
    assert told[0] == told[1]


def test_the_article_and_its_flags_are_shown_as_they_were(newsroom: Newsroom) -> None:
    path = newsroom.sample()
    with newsroom.door.services.database.transaction() as session:
        make_flag(session, newsroom.site, "ferry", "late-reader", comment="Too late to be seen")
        make_article(session, newsroom.site, "ferry", make_content("Now it says something else."))
    newsroom.door.work()
    shown = words_of(newsroom.senior.get(path))
    assert "The ferry is back." in shown
    assert "something else" not in shown
    assert "Too late to be seen" not in shown


def test_after_his_own_verdict_a_senior_is_shown_both(newsroom: Newsroom) -> None:
    path = newsroom.sample()
    answer = newsroom.say(path, note="Fair comment")
    assert (answer.status_code, answer.location) == (303, path)
    shown = words_of(newsroom.senior.get(path))
    verdict = "Take down (the whole article), 3.4"
    for words in ("You differ", "Gwendolyn", NOTE, "Fair comment", verdict, "Open the case"):
        assert words in shown


def test_what_he_says_changes_nothing(newsroom: Newsroom) -> None:
    case_id = newsroom.decided()
    newsroom.say(newsroom.path_of(case_id))
    decision = last_decision(newsroom.door, case_id)
    assert decision is not None
    assert (decision.action, decision.supersedes_id) == ("takedown", None)


def test_a_takedown_without_a_clause_keeps_what_was_typed(newsroom: Newsroom) -> None:
    answer = newsroom.say(newsroom.sample(), "takedown", note="In haste")
    assert answer.status_code == 422
    assert "In haste" in answer.text
    assert "A takedown cites a clause of the policy" in words_of(answer)


def test_who_had_a_hand_in_it_is_not_told_that_it_was_drawn(newsroom: Newsroom) -> None:
    case_id = open_case(newsroom.door, "own", site_id=newsroom.site.id)
    newsroom.senior.post(f"/console/cases/{case_id}/decision", verdict(newsroom.door, case_id))
    for path in (newsroom.path_of(case_id), f"{PATH}/{10**9}"):
        answer = newsroom.senior.get(path)
        assert answer.status_code == 404
        assert "There is no such sample" in words_of(answer)
    assert "Nothing waits for you" in words_of(newsroom.senior.get(PATH))


def test_one_is_skipped_with_a_reason_and_the_next_is_open(newsroom: Newsroom) -> None:
    first, second = newsroom.sample("one"), newsroom.sample("two")
    assert newsroom.senior.post(f"{first}/skip", {"words": ""}).status_code == 422
    answer = newsroom.senior.post(f"{first}/skip", {"words": "I know the author"})
    assert answer.location == second
    with newsroom.door.services.database.transaction() as session:
        skipped = select(QaReview.skipped_because).join(QaSample).where(QaSample.site_id == newsroom.site.id)
        assert session.scalars(skipped).all() == ["I know the author"]


@pytest.mark.parametrize("step", ["", "/skip"])
def test_who_comes_second_is_told_and_shown_what_came_of_it(newsroom: Newsroom, step: str) -> None:
    path = newsroom.sample()
    newsroom.say(path, who=seat(newsroom.door, f"max-{newsroom.site.slug}", Role.ADMIN, newsroom.site))
    answer = newsroom.say(f"{path}{step}", words="I know the author")
    shown = words_of(newsroom.senior.get(answer.location))
    assert "Somebody else has looked at this decision in the meantime" in shown
    assert "What the senior said" in shown


def test_agreement_is_shown_with_its_interval_and_where_they_differ(newsroom: Newsroom) -> None:
    newsroom.say(newsroom.sample("one"), "takedown", cited="3.4/terms")
    newsroom.say(newsroom.sample("two"))
    newsroom.sample("three")
    shown = words_of(newsroom.senior.get(PATH))
    assert "1 decided case waits to be looked at again." in shown
    assert re.search("50% 9% . 91%", shown)
    assert re.search("Gwendolyn-Paper-[0-9]+ : Take down \\(the whole article\\), 3.4", shown)


def test_the_file_has_a_line_for_all_each_moderator_and_each_clause(newsroom: Newsroom) -> None:
    newsroom.say(newsroom.sample("one"), "takedown", cited="3.4/terms")
    newsroom.say(newsroom.sample("two", "clear"))
    answer = newsroom.senior.get(f"{PATH}.csv")
    lines = answer.text.splitlines()
    assert (answer.mimetype, lines[0][:19]) == ("text/csv", "of,who or what,case")
    assert lines[1:3] == [
        "all,,2,2,2,1.0,0.3424,1.0,1.0,-0.3152,1.0",
        f"moderator,Gwendolyn-{newsroom.site.name},2,2,2,1.0,0.3424,1.0,1.0,-0.3152,1.0",
    ]
    assert [line.partition(",1,")[0] for line in lines[3:]] == ["clause,3.4", "clause,"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=yesterday", "This is no date and time"),
        ("from=2026-02-02T00:00&until=2026-02-01T00:00", "This has to be later than the start."),
    ],
)
def test_days_that_are_none_are_said_at_their_field(newsroom: Newsroom, query: str, words: str) -> None:
    answer = newsroom.senior.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert words in words_of(answer)


def test_figures_that_take_too_long_are_told_kindly_beside_what_waits(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.sample()
    monkeypatch.setattr(views, "PATIENCE", timedelta(milliseconds=100))
    with newsroom.door.services.database.transaction() as session:
        session.execute(text("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE"))
        answer = newsroom.senior.get(PATH)
        assert newsroom.senior.get(f"{PATH}.csv").status_code == 503
    shown = words_of(answer)
    assert (answer.status_code, "This takes too long to count." in shown) == (200, True)
    assert "1 decided case waits to be looked at again." in shown


def test_the_blind_page_has_the_images_that_the_decider_saw_and_gives_no_others(newsroom: Newsroom) -> None:
    path = newsroom.path_of(newsroom.decided("pictured", images=(Image("https://a.example/then", "The bell"),)))
    with newsroom.door.services.database.transaction() as session:
        content = make_content(images=[Image("https://b.example/now", "The tower")] * 2)
        make_article(session, newsroom.site, "pictured", content)
    shown = newsroom.senior.get(path).text
    assert ("The bell" in shown, "The tower" in shown, "<img" in shown) == (True, False, False)
    assert f'href="{path}/images/1"' in shown
    # Of the revision that was judged there is one, and its host is not asked for what it does not have.
    assert newsroom.senior.get(f"{path}/images/2").status_code == 404
    assert newsroom.senior.get(f"{path}/images/1").status_code == 502
    assert newsroom.decider.get(f"{path}/images/1").status_code == 403
