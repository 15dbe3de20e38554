"""What the form for flagging is about: the site, and what of the article its reader may see."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from moderation_service.articles import service as articles
from moderation_service.articles.models import Article
from moderation_service.enforcement.service import order_of
from moderation_service.enforcement.shown import shown_to_readers
from moderation_service.sites import service as sites
from moderation_service.sites.addresses import is_own, origin_of, own_origins
from moderation_service.sites.models import Site
from moderation_service.sites.service import SiteKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaggable:
    """An article, as far as a link to the form says which.

    `origins` are where the site's pages stand, `url` is the article's address, where that is one of them;
    `asks_address` says that the link leads to no article, so that its reader has to say which. `headline` and
    `excerpt`, the text of the `part` meant, are empty where he may not see them now; `part` is, where the article has
    none of that id.
    """

    key: SiteKey
    site: str
    origins: frozenset[str]
    asks_address: bool
    url: str | None
    headline: str | None = None
    language: str | None = None
    part: str | None = None
    excerpt: str | None = None

    def owns(self, url: str) -> bool:
        """Whether a page is one of the site's."""
        return origin_of(url) in self.origins


def flaggable(
    session: Session, slug: str, *, external_id: str | None, url: str | None, part: str | None, typed: str | None = None
) -> Flaggable:
    """What a link to a site's form is about; `typed` is the address of a page that its reader gave where it had none.

    Raises:
        NotFound: there is no such site.
    """
    site = sites.site_by_slug(session, slug)
    own, own_typed = (given if given and is_own(site, given) else None for given in (url, typed))
    article = _known(session, site, external_id, own)
    asks = article is None and own is None
    if asks and own_typed:
        own, article = own_typed, _known(session, site, external_id, own_typed)
    about = Flaggable(
        key=sites.form_of(site),
        site=site.name,
        origins=own_origins(site),
        asks_address=asks,
        url=own,
        part=part,
    )
    return about if article is None else _shown(session, about, article)


def _known(session: Session, site: Site, external_id: str | None, url: str | None) -> Article | None:
    return articles.locate(session, site.id, external_id, url) if external_id or url else None


def _shown(session: Session, about: Flaggable, article: Article) -> Flaggable:
    revision = articles.latest_revision(session, article)
    if revision is None:
        return about
    shown = shown_to_readers(session, article, revision, order_of(session, article.id)) or {}
    part = about.part if about.part in revision.part_ids else None
    return replace(
        about,
        headline=shown.get("headline"),
        language=revision.language,
        part=part,
        excerpt=shown.get(part) if part else None,
    )
