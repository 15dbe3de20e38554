"""The fast way and the careful way do the same with the same submissions."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from moderation_service.articles import service as articles
from moderation_service.articles.aliases import set_aliases
from moderation_service.articles.models import Article
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.intake import service as intake
from moderation_service.intake.models import Flag
from moderation_service.intake.submission import Recorded, Submission, Target, fingerprint
from moderation_service.sites.models import Site
from tests.factories import ACTOR, make_article, make_content, make_site, make_submission
from tests.intake.ways import Ways, in_words

KEY = fingerprint(b"a key")
SAID, OTHER = fingerprint(b"a request"), fingerprint(b"another request")
WORDS = Target("p1", {"exact": "ferry", "prefix": "The "})
ROWS = [("a", "fine"), ("b", "a NUL \0 that nobody stopped"), ("c", "fine")]
SINCE = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
AHEAD = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
STUB = "https://news.example/unknown"


@pytest.fixture
def ways(database: Database, settings: Settings) -> Iterator[Ways]:
    with contextlib.closing(Ways(database, settings)) as ways:
        yield ways


def _site(database: Database, slug: str) -> Site:
    """A site with an article at its second revision, whose `p2` is gone and whose `p3` is new."""
    with database.transaction() as session:
        site = make_site(session, slug, origins=[f"https://{slug}.example", "https://news.example"])
        make_article(session, site)
        make_article(session, site, content=make_content("The ferry is back.", "A wholly other ending, with a feast."))
        make_article(session, site, content=make_content("The ferry is back."))
    return site


NUMBERS = itertools.count()

Make = Callable[..., Submission]
Batches = Callable[[Make], list[list[Submission]]]

# name, batches, and what the last of them is answered, in any order
TABLE: list[tuple[str, Batches, list[str]]] = [
    ("new flag", lambda m: [[m()]], ["202"]),
    ("all fields", lambda m: [[m(target=WORDS, comment="no", locale="de", email="a@b.example")]], ["202"]),
    ("reader of known age", lambda m: [[m(reporter_since=SINCE)]], ["202"]),
    (
        "reader who comes from the future",
        lambda m: [[m(reporter_since=AHEAD), m(reporter="b", reporter_since=SINCE)]],
        ["202", "Invalid: The reporter cannot have been seen first after this flag"],
    ),
    ("repeat with another age", lambda m: [[m(reporter_since=SINCE)], [m()]], ["200"]),
    (
        "replay from the future",
        lambda m: [
            [m(idempotency_key=KEY, request=SAID)],
            [m(idempotency_key=KEY, request=SAID, reporter_since=AHEAD)],
        ],
        ["202"],
    ),
    ("several readers", lambda m: [[m(reporter="a"), m(reporter="b"), m(reporter="c")]], ["202"] * 3),
    ("known part", lambda m: [[m(target=Target("p1"))]], ["202"]),
    (
        "unknown part",
        lambda m: [[m(target=Target("p9"))]],
        ["Invalid: Revision 3 of this article has no part 'p9'"],
    ),
    ("part of an earlier revision", lambda m: [[m(target=Target("p2"), revision=1)]], ["202"]),
    ("known revision", lambda m: [[m(revision=2)]], ["202"]),
    ("unknown revision", lambda m: [[m(revision=7)]], ["Invalid: There is no revision 7 of this article"]),
    ("revision 0", lambda m: [[m(revision=0)]], ["Invalid: There is no revision 0 of this article"]),
    (
        "unknown article",
        lambda m: [[m(external_id="nowhere")]],
        ["Invalid: This article is not known; send its URL and title with the flag"],
    ),
    ("unknown article with URL", lambda m: [[m(external_id="new", url=STUB, title="New")]], ["202"]),
    (
        "again on a stub",
        lambda m: [[m(external_id=None, url=STUB)], [m(external_id=None, url=STUB, reporter="b")]],
        ["202"],
    ),
    (
        "any part of a stub",
        lambda m: [[m(external_id="new", url=STUB)], [m(external_id="new", target=Target("p5"))]],
        ["202"],
    ),
    ("repeat", lambda m: [[m()], [m()]], ["200"]),
    ("repeat with another reason", lambda m: [[m()], [m(reason="hate")]], ["200"]),
    ("repeat with the revision named", lambda m: [[m()], [m(revision=3)]], ["200"]),
    ("other target", lambda m: [[m()], [m(target=Target("p1"))]], ["202"]),
    (
        "other words of the same part",
        lambda m: [[m(target=WORDS)], [m(target=Target("p1", {"exact": "back"}))]],
        ["202"],
    ),
    ("words of some part", lambda m: [[m(target=WORDS)], [m(target=Target(None, WORDS.quotation))]], ["200"]),
    ("words of no part", lambda m: [[m(target=Target(None, {"exact": "drum"}))]], ["202"]),
    ("other revision", lambda m: [[m()], [m(revision=1)]], ["202"]),
    ("new key", lambda m: [[m(idempotency_key=KEY, request=SAID)]], ["202"]),
    (
        "replay",
        lambda m: [[m(idempotency_key=KEY, request=SAID)], [m(idempotency_key=KEY, request=SAID)]],
        ["202"],
    ),
    (
        "replay of a repeat",
        lambda m: [[m()], [m(idempotency_key=KEY, request=SAID)], [m(idempotency_key=KEY, request=SAID)]],
        ["200"],
    ),
    (
        "key of another request",
        lambda m: [[m(idempotency_key=KEY, request=SAID)], [m(reporter="b", idempotency_key=KEY, request=OTHER)]],
        ["IdempotencyMismatch: This Idempotency-Key was used with another request"],
    ),
    ("twice in one batch", lambda m: [[m(), m()]], ["200", "202"]),
    (
        "thrice in one batch beside others",
        lambda m: [[m(reporter="b"), m(), m(), m(target=Target("p1")), m()]],
        ["200", "200", "202", "202", "202"],
    ),
    (
        "one key twice in one batch",
        lambda m: [[m(idempotency_key=KEY, request=SAID), m(idempotency_key=KEY, request=SAID)]],
        ["202", "202"],
    ),
    (
        "one key for two requests of one batch",
        lambda m: [
            [m(idempotency_key=KEY, request=SAID), m(reporter="b", idempotency_key=KEY, request=OTHER), m(reporter="c")]
        ],
        ["202", "202", "IdempotencyMismatch: This Idempotency-Key was used with another request"],
    ),
    (
        "good ones beside bad ones",
        lambda m: [[m(), m(revision=9), m(reporter="b"), m(external_id="nowhere"), m(reporter="c")]],
        [
            "202",
            "202",
            "202",
            "Invalid: There is no revision 9 of this article",
            "Invalid: This article is not known; send its URL and title with the flag",
        ],
    ),
]


@pytest.mark.parametrize(("batches", "answered"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_both_ways_answer_alike_and_leave_the_same_behind(
    database: Database, ways: Ways, batches: Batches, answered: list[str]
) -> None:
    sites = {"fast": _site(database, "fast"), "slow": _site(database, "slow")}
    for way, site in sites.items():

        def make(site: Site = site, **changes: object) -> Submission:
            return make_submission(site, **changes)  # type: ignore[arg-type]

        for batch in batches(make):
            answers = (ways.fast if way == "fast" else ways.slow)(batch)
        assert sorted(in_words(answers)) == answered
    left = {way: ways.left_behind(site) for way, site in sites.items()}
    assert left["fast"] == left["slow"]
    assert left["fast"]["every flag waits once"]
    assert left["fast"]["every flag audited once"]


@pytest.mark.parametrize("way", ["fast", "slow"])
def test_a_withdrawn_flag_that_comes_again_stands_again(database: Database, ways: Ways, way: str) -> None:
    site = _site(database, "courier")
    send = getattr(ways, way)
    (first,) = send([make_submission(site)])
    with database.transaction() as session:
        intake.withdraw(session, intake.by_receipt(session, site.id, first.receipt))
    (again,) = send([make_submission(site)])
    assert (again.receipt, again.status) == (first.receipt, 200)
    with database.transaction() as session:
        assert intake.by_receipt(session, site.id, first.receipt).withdrawn_at is None


def test_ordinary_flags_never_take_the_slow_way(database: Database, ways: Ways) -> None:
    site = _site(database, "courier")
    keys = [fingerprint(b"%d" % n) for n in range(20)]
    ways.fast([make_submission(site, reporter=key.hex(), reporter_since=SINCE, idempotency_key=key) for key in keys])
    assert ways.went_slowly == []


def _articles_flagged(database: Database) -> list[str | None]:
    """The ids of the articles of all flags."""
    with database.transaction() as session:
        of_flags = select(Article.external_id).join(Flag, Flag.article_id == Article.id).order_by(Article.external_id)
        return list(session.scalars(of_flags))


@pytest.mark.parametrize("way", ["fast", "slow"])
@pytest.mark.parametrize("said", ["url", "alias"])
def test_an_id_that_readers_made_up_takes_no_flags_from_the_article_at_that_address(
    database: Database, ways: Ways, way: str, said: str
) -> None:
    site, send = _site(database, "courier"), getattr(ways, way)
    address = {"url": "https://courier.example/ferry", "alias": "https://courier.example/print/ferry"}[said]
    with database.transaction() as session:
        session.add(Article(site_id=site.id, external_id="phantom", url=address))  # from before the site told of it
        ferry = articles.find(session, site.id, "ferry")
        set_aliases(session, ferry, ["https://courier.example/print/ferry"], actor=ACTOR)
    flags = [make_submission(site, id, id, url=url) for id, url in (("phantom", address), ("nowhere", address))]
    assert in_words(send([*flags, make_submission(site, "phantom", "c")])) == ["202"] * 3
    assert _articles_flagged(database) == ["ferry", "ferry", "phantom"]


def test_flags_on_articles_that_a_site_never_tells_of_go_the_fast_way_too(database: Database, ways: Ways) -> None:
    site = _site(database, "courier")
    with database.transaction() as session:
        session.add(Article(site_id=site.id, external_id="new", url=STUB))
    ways.fast([make_submission(site, "new", reporter, url=STUB) for reporter in ("a", "b")])
    assert ways.went_slowly == []


def test_a_repeat_in_one_batch_has_the_receipt_of_the_first(database: Database, ways: Ways) -> None:
    site = _site(database, "courier")
    answers = ways.fast([make_submission(site) for _ in range(4)])
    assert len({answer.receipt for answer in answers if isinstance(answer, Recorded)}) == 1


def test_one_row_that_the_database_refuses_spoils_no_other(database: Database, ways: Ways) -> None:
    site = _site(database, "courier")
    first, bad, last = ways.fast([make_submission(site, reporter=r, comment=c) for r, c in ROWS])
    assert in_words([first, last]) == ["202", "202"]
    assert isinstance(bad, Exception)


_SUBMISSIONS = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from(["ferry", "ferry", "stub", "nowhere"]),
        "reporter": st.sampled_from(["a", "b"]),
        "part": st.sampled_from([None, "p1", "p9"]),
        "revision": st.sampled_from([None, None, 1, 3, 9]),
        "since": st.sampled_from([None, None, SINCE, AHEAD]),
        "keyed": st.booleans(),
    }
)


def _submission(site: Site, chosen: dict[str, object]) -> Submission:
    request = fingerprint(repr(sorted(chosen.items(), key=str)).encode())
    return make_submission(
        site,
        str(chosen["external_id"]),
        str(chosen["reporter"]),
        url=STUB if chosen["external_id"] == "stub" else None,
        target=Target(chosen["part"]),  # type: ignore[arg-type]
        revision=chosen["revision"],
        reporter_since=chosen["since"],
        idempotency_key=request if chosen["keyed"] else None,
        request=request,
    )


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(_SUBMISSIONS, min_size=1, max_size=6), min_size=1, max_size=4))
def test_whatever_comes_both_ways_end_in_the_same_flags(
    database: Database, ways: Ways, batches: list[list[dict[str, object]]]
) -> None:
    number = next(NUMBERS)
    left, refused = [], []
    for way, send in (("fast", ways.fast), ("slow", ways.slow)):
        site = _site(database, f"{way}-{number}")
        answers = [answer for batch in batches for answer in send([_submission(site, chosen) for chosen in batch])]
        refused.append([str(answer) for answer in answers if isinstance(answer, Exception)])
        left.append(ways.left_behind(site))
    assert refused[0] == refused[1]
    assert left[0] == left[1]
