"""Data for the benchmarks, made in the database itself, set by set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from benchmarks.stand import Stand
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.people import Person

ORIGIN = "https://news.example"
ACTOR = "cli:bench"
STEP = 250_000  # rows that one statement makes, so that progress can be told

ARTICLES = """
WITH added AS (
    INSERT INTO articles (site_id, external_id, url, title, current_revision, next_paragraph)
    SELECT %(site)s, 'a' || to_char(n, 'FM00000000'), 'https://news.example/a' || n, 'Headline ' || n, 1, 7
    FROM generate_series(%(first)s::int, %(first)s + %(count)s - 1) AS n
    RETURNING id, title
)
INSERT INTO article_revisions (article_id, number, content_hash, category, headline, language, parts, part_ids)
SELECT id, 1, sha256(title::bytea), 'LOCAL', title, 'en',
       (SELECT jsonb_agg(jsonb_build_object('id', part, 'kind', 'paragraph', 'text', repeat(part || ' said so. ', 20)))
        FROM unnest(part_ids) AS part), part_ids
FROM added, (SELECT ARRAY['headline', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'] AS part_ids) AS outline
"""

# Receipts grow with time as those of the service do, reporters do not.
FLAGS = """
INSERT INTO flags (receipt, site_id, article_id, revision, reporter, target_key, part, reason, comment, locale,
                   received_at, case_id, triaged_at)
SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || left(md5(n::text), 3)
        || '8' || right(md5(n::text), 15))::uuid,
       articles.site_id, articles.id, 1, decode(md5('reader' || n), 'hex'), decode(md5('p' || n %% 6 + 1), 'hex'),
       'p' || n %% 6 + 1, (ARRAY['misleading', 'hate', 'spam', 'other'])[n %% 4 + 1],
       'The figures in this paragraph contradict the source that it names.', 'en-GB',
       now() - interval '30 days' + n * interval '1 millisecond',
       cases.id, CASE WHEN cases.id IS NOT NULL THEN now() END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
JOIN articles ON articles.id = %(first_article)s + n * 7919 %% %(articles)s
LEFT JOIN cases ON %(in_cases)s AND cases.article_id = articles.id AND cases.state = 'open'
"""


@dataclass(frozen=True)
class Newsroom:
    """A site with its articles and the key that its readers' browsers send; article ids are consecutive."""

    site_id: int
    key: str
    articles: int
    first_article: int


def newsroom(stand: Stand, *, articles: int = 10_000, slug: str = "bench") -> Newsroom:
    """A site, its publishable key and its articles, each with one revision of seven parts."""
    database = stand.database()
    with database.transaction() as session:
        site = sites.add_site(session, slug=slug, name="Bench", url=ORIGIN, origins=[ORIGIN], actor=ACTOR)
        key = sites.add_key(session, site, kind="publishable", name="bench", actor=ACTOR)
        site_id = site.id
    database.close()
    stand.admin.execute(ARTICLES, {"site": site_id, "first": 0, "count": articles})
    first = one(stand.admin, "SELECT min(id) FROM articles WHERE site_id = %s", site_id)
    stand.admin.execute("VACUUM ANALYZE")
    return Newsroom(site_id, key, articles, first)


def moderator(stand: Stand, username: str, *, slugs: list[str] | None = None) -> tuple[Person, str]:
    """A moderator of these sites (None: of all) and his token."""
    database = stand.database()
    with database.transaction() as session:
        person = people.add_moderator(session, username=username, display_name=username, password=None, actor=ACTOR)
        for site in [None] if slugs is None else [sites.site_by_slug(session, slug) for slug in slugs]:
            people.grant_role(session, person, Role.MODERATOR, site=site, actor=ACTOR)
        token = people.new_token(session, person, kind="personal", name="bench", lifetime=None)
        session.flush()
        recognised = people.person_by_name(session, username)
    database.close()
    return recognised, token


def stored_flags(admin: psycopg.Connection, room: Newsroom, *, first: int, last: int, in_cases: bool) -> Iterator[int]:
    """Store the flags numbered `first` to `last`, spread over the articles; yields the last one that is done.

    With `in_cases` they are as triage leaves them, in the open cases of their articles.
    """
    for start in range(first, last + 1, STEP):
        end = min(start + STEP - 1, last)
        where = {"first_article": room.first_article, "articles": room.articles, "in_cases": in_cases}
        admin.execute(FLAGS, {"first": start, "last": end} | where)
        yield end


def one(connection: psycopg.Connection, query: str, *parameters: object) -> int:
    """The single number that a query answers."""
    row = connection.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return int(row[0])
