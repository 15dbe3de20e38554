"""What is known of the keys, the site and the articles that a page names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import coalesce

from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.sites.models import ApiKey, Site
from moderation_service.sites.secrets import digest
from moderation_service.sites.service import site_by_slug


@dataclass(frozen=True, slots=True)
class PageKey:
    """A key as it stands on a page: whose it is, and until when it is good."""

    id: int
    kind: str
    site: str
    expires_at: datetime | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Embedding:
    """What is known: of the site, its slug and origins; the keys by what they are; the parts of articles by their ids.

    A key or an article that is not there is not known; an article without parts is known by its address alone.
    """

    site: str | None
    origins: Sequence[str]
    keys: Mapping[str, PageKey]
    articles: Mapping[str, Sequence[str]]


def embedding(
    session: Session,
    *,
    site: str | None,
    origin: str,
    keys: Collection[str],
    slugs: Collection[str],
    articles: Collection[str],
) -> Embedding:
    """What is known of a page. Its site is the one that is named here, else that of its keys, its links or its origin.

    Raises:
        NotFound: there is no such site as is named.
    """
    known = {secret: key for secret in keys if (key := _key(session, secret)) is not None}
    found = site_by_slug(session, site) if site else _likely(session, known.values(), slugs, origin)
    if found is None:
        return Embedding(None, (), known, {})
    return Embedding(found.slug, found.origins, known, _parts(session, found.id, articles))


def _key(session: Session, secret: str) -> PageKey | None:
    ended = coalesce(ApiKey.expires_at <= func.now(), literal(False))
    query = select(ApiKey.id, ApiKey.kind, Site.slug, ApiKey.expires_at, ended).join(Site, Site.id == ApiKey.site_id)
    row = session.execute(query.where(ApiKey.digest == digest(secret))).one_or_none()
    return PageKey(*row) if row else None


def _likely(session: Session, keys: Collection[PageKey], slugs: Collection[str], origin: str) -> Site | None:
    named = [key.site for key in keys] + list(slugs)
    site = session.scalar(select(Site).where(Site.slug == named[0])) if named else None
    listed = select(Site).where(Site.origins.contains([origin])).order_by(Site.id).limit(1)
    return site or session.scalar(listed)


def _parts(session: Session, site_id: int, articles: Collection[str]) -> dict[str, Sequence[str]]:
    """By the site's id of an article, the ids of the parts it has now."""
    now = and_(ArticleRevision.article_id == Article.id, ArticleRevision.number == Article.current_revision)
    query = select(Article.external_id, ArticleRevision.part_ids).outerjoin(ArticleRevision, now)
    rows = session.execute(query.where(Article.site_id == site_id, Article.external_id.in_(articles)))
    return {external_id: parts or () for external_id, parts in rows if external_id is not None}
