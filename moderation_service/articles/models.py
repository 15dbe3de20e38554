"""Articles, their revisions, and what of each the built-in content store shows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


class Article(Base):
    """An article of a site; revision 0 means that it was flagged before the site told us its content.

    `updated_at` is when what readers may see of it changed last, be it by its site or by a decision.
    """

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index(
            "uq_articles_site_id_url_without_external_id",
            "site_id",
            "url",
            unique=True,
            postgresql_where=text("external_id IS NULL"),
        ),
        Index(None, "site_id", "url"),
        Index(None, "site_id", "updated_at", "id"),
        CheckConstraint("origin IN ('editorial', 'user')", name="origin"),
        CheckConstraint("external_id IS NOT NULL OR url IS NOT NULL", name="identified"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    external_id: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text, server_default="editorial")
    current_revision: Mapped[int] = mapped_column(Integer, server_default="0")
    next_paragraph: Mapped[int] = mapped_column(Integer, server_default="1")
    next_question: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def is_told(self) -> bool:
        """Whether its site has told us what it says; until then all that is known of it is what readers said."""
        return self.current_revision > 0


class ArticleAlias(Base):
    """Another address of an article, by which other networks may name it; one article of a site has it."""

    __tablename__ = "article_aliases"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    uri: Mapped[str] = mapped_column(Text, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)


class ArticleRevision(Base):
    """What an article said from one change to the next; kept as evidence, never edited.

    Where it showed no images there is no list of them either, so that the evidence of older revisions still fits.
    """

    __tablename__ = "article_revisions"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content_hash: Mapped[bytes]
    category: Mapped[str] = mapped_column(Text)
    headline: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    published_on: Mapped[date | None] = mapped_column(Date)
    language: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    part_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    images: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ArticleReach(Base):
    """How far an article has come: its site's own count of views, and how fast they come.

    `views` is what is believed of `reported_views`; `velocity` is views per hour, an exponentially weighted mean with a
    half-life of an hour; `counted_views` are those that the site's rates have been told of.
    """

    __tablename__ = "article_reach"
    __table_args__ = (
        Index("ix_article_reach_uncounted", "site_id", postgresql_where=text("views <> counted_views")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(Integer)
    views: Mapped[int]
    reported_views: Mapped[int]
    counted_views: Mapped[int] = mapped_column(server_default="0")
    velocity: Mapped[float] = mapped_column(Float)
    first_reported_at: Mapped[datetime] = mapped_column(server_default=func.now())
    reported_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ReachSample(Base):
    """Views and velocity of an article when it came to a certain age; the curve of remaining views comes from these."""

    __tablename__ = "reach_samples"
    __table_args__ = (Index(None, "site_id", "sampled_at"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(Integer)
    views: Mapped[int]
    velocity: Mapped[float] = mapped_column(Float)
    sampled_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ArticleVisibility(Base):
    """The built-in content store: what readers may see of an article; no row means all of it.

    `version` is that of the order applied last; an older order finds a higher number and changes nothing.
    """

    __tablename__ = "article_visibility"
    __table_args__ = (
        CheckConstraint("state IN ('visible', 'hidden', 'removed')", name="state"),
        CheckConstraint("ground IN ('terms', 'law')", name="ground"),
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    redacted: Mapped[list[str]] = mapped_column(ARRAY(Text))
    ground: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
