"""Other addresses under which an article is known: copies on other hosts, its object in another network."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import delete, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles.addresses import address_fault, normal, spellings
from moderation_service.articles.models import Article, ArticleAlias
from moderation_service.audit import service as audit
from moderation_service.errors import Invalid

ALIASES_MOST = 20
ALIAS_LONGEST = 1_000  # characters, which are bytes: an index takes no more than some 2,700
_AT = re.compile(r"at://[a-zA-Z0-9._:%-]{1,253}(/[\x21-\x7e]{1,700})?")


def alias_fault(uri: str) -> str | None:
    """Why `uri` is none that an article can also be known as, as words that follow a field's name; None when it is."""
    if not uri.isascii() or len(uri) > ALIAS_LONGEST:
        return f"is not of {ALIAS_LONGEST:,} ASCII characters at most; others are written as %-escapes"
    if uri.startswith("at://"):
        return None if _AT.fullmatch(uri) else "is not an at:// URI"
    return "is not an http, https or at:// URI" if address_fault(uri) else None


def set_aliases(session: Session, article: Article, uris: Sequence[str], *, actor: str) -> None:
    """Let an article be known under these addresses, in place of all it had; its row is locked.

    Raises:
        Invalid: another article of the site has one of them.
    """
    before, after = aliases_of(session, article), sorted({normal(uri) for uri in uris})
    if after == before:
        return
    session.execute(delete(ArticleAlias).where(ArticleAlias.article_id == article.id, ArticleAlias.uri.not_in(after)))
    rows = [{"site_id": article.site_id, "uri": uri, "article_id": article.id} for uri in after]
    if rows:
        session.execute(insert(ArticleAlias).values(rows).on_conflict_do_nothing())
    lost = sorted(set(after) - set(aliases_of(session, article)))
    if lost:
        raise Invalid(f"Another article of the site has {lost[0]}", field="also_known_as")
    audit.append(
        session,
        actor=actor,
        action="article.aliases_set",
        subject=f"article:{article.id}",
        site_id=article.site_id,
        before={"also_known_as": before},
        after={"also_known_as": after},
        detail={"before": before, "after": after},
    )


def aliases_of(session: Session, article: Article) -> list[str]:
    """The addresses under which an article is also known, sorted."""
    uris = session.scalars(select(ArticleAlias.uri).where(ArticleAlias.article_id == article.id))
    return sorted(uris)  # by code points, as Python compares them, whatever the database's collation


def known_as(session: Session, site_id: int, uri: str) -> Article | None:
    """The site's article that has this URL, or is also known under it; of several, the one that was there first.

    What the site says of its own addresses wins: an article that only readers gave the address to is found by it where
    no other is, and the one that waits for its id, which the site may still give it, before one that readers named.
    """
    known = spellings(uri)
    by_url = select(Article.id).where(Article.site_id == site_id, Article.url.in_(known))
    by_alias = select(ArticleAlias.article_id).where(ArticleAlias.site_id == site_id, ArticleAlias.uri.in_(known))
    return session.scalar(
        select(Article)
        .where(Article.id.in_(union_all(by_url, by_alias)))
        .order_by(
            Article.current_revision == 0,
            Article.external_id.is_not(None),
            Article.url.not_in(known),
            Article.id,
        )
        .limit(1)
    )
