"""What is known of the keys, the site and the articles that a page names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import coalesce

from moderation_service.articles import store
from moderation_service.articles.models import Article
from moderation_service.articles.service import latest_revision
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
class PageArticle:
    """An article as the service answers for it: `state` is one of `store.STATES`, `shown` the parts readers may see.

    `removed` are the texts of the parts that were taken out. One that is not `is_sent` is known from a flag only.
    """

    state: str
    is_sent: bool
    shown: Sequence[str]
    removed: Mapping[str, str]

    @property
    def is_gone(self) -> bool:
        """Whether readers may see nothing of it."""
        return self.state not in {"visible", "redacted"}


@dataclass(frozen=True, slots=True)
class Embedding:
    """What is known: of the site, its slug and origins; the keys by what they are; the articles by the site's ids.

    A key or an article that is not there is not known.
    """

    site: str | None
    origins: Sequence[str]
    keys: Mapping[str, PageKey]
    articles: Mapping[str, PageArticle]


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
    return Embedding(found.slug, found.origins, known, _articles(session, found.id, articles))


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


def _articles(session: Session, site_id: int, external_ids: Collection[str]) -> dict[str, PageArticle]:
    query = select(Article).where(Article.site_id == site_id, Article.external_id.in_(external_ids))
    return {str(article.external_id): _article(session, article) for article in session.scalars(query)}


def _article(session: Session, article: Article) -> PageArticle:
    revision, visible = latest_revision(session, article), store.visibility(session, article.id)
    shown = store.readable(session, article, revision, set(visible.redacted) if visible else set())
    parts = revision.parts if revision else []
    return PageArticle(
        state=store.state_of(visible),
        is_sent=revision is not None,
        shown=list(shown),
        removed={part["id"]: part["text"] for part in parts if part["id"] not in shown},
    )
