"""Sites and their keys; moderators, their roles and their tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


class Door(StrEnum):
    """A network, besides its own pages, from which a site may take reports."""

    ACTIVITYPUB = "activitypub"
    ATPROTO = "atproto"


class Site(Base):
    """One reader-facing site.

    `doors` are the networks from which it takes reports, besides its own pages; see `Door`.
    `prior` is the share of flagged articles it expects to take down. `hide_pending` lets an article that is very likely
    bad be hidden until it is reviewed, for `hide_hours` at most. With `two_person_rules` a rule goes live when a second
    person agrees.
    """

    __tablename__ = "sites"
    __table_args__ = (CheckConstraint("doors <@ ARRAY['activitypub', 'atproto']", name="doors"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    legal_url: Mapped[str | None] = mapped_column(Text)
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    store: Mapped[str] = mapped_column(Text, server_default="builtin")
    store_options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    prior: Mapped[float] = mapped_column(Float, server_default="0.05")
    hide_pending: Mapped[bool] = mapped_column(server_default=text("false"))
    hide_hours: Mapped[int] = mapped_column(Integer, server_default="24")
    two_person_rules: Mapped[bool] = mapped_column(server_default=text("false"))
    doors: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ApiKey(Base):
    """A site's key; only its hash is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("kind IN ('publishable', 'secret')", name="kind"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(unique=True)
    hint: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Moderator(Base):
    """A person who decides; `password_hash` is argon2, and `password_change_required` says that another has set it.

    `totp_salt` is what the secret of his one-time passwords is made of, together with the service's own key;
    `totp_last` is the step of the last one that was taken. The rest is how he likes the console to look.
    """

    __tablename__ = "moderators"
    __table_args__ = (
        Index("uq_moderators_username", text("lower(username)"), unique=True),
        CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_change_required: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    totp_salt: Mapped[bytes | None]
    totp_last: Mapped[int | None]
    totp_required: Mapped[bool] = mapped_column(server_default=text("false"))
    language: Mapped[str | None] = mapped_column(Text)
    theme: Mapped[str] = mapped_column(Text, server_default="auto")
    blur_reported: Mapped[bool] = mapped_column(server_default=text("false"))
    blur_images: Mapped[bool] = mapped_column(server_default=text("true"))
    grey_images: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RecoveryCode(Base):
    """What opens an account once, when the device that makes its one-time passwords is lost; only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("moderator_id", "digest"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    digest: Mapped[bytes]
    used_at: Mapped[datetime | None]


class Membership(Base):
    """A moderator's role on one site, or on all of them when `site_id` is empty."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("moderator_id", "site_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("role IN ('moderator', 'senior', 'admin')", name="role"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    role: Mapped[str] = mapped_column(Text)


class LinkedIdentity(Base):
    """A moderator as an OpenID Connect provider knows him: it names itself (issuer) and him (subject)."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), index=True)
    issuer: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]


class AccessToken(Base):
    """What a moderator's client sends; only its hash is kept.

    A session after a sign-in, half of one while its one-time password is asked for, or a personal token. A session of
    the console ends after `idle_seconds` without use, says in `agent` and `network` from where it was opened, in
    `identity_id` through which identity if it was not by a password, and holds in `totp_offer` the salt of a second
    factor that is being set up.
    """

    __tablename__ = "access_tokens"
    __table_args__ = (CheckConstraint("kind IN ('session', 'half', 'personal')", name="kind"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderators.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    idle_seconds: Mapped[int | None] = mapped_column(Integer)
    agent: Mapped[str | None] = mapped_column(Text)
    network: Mapped[str | None] = mapped_column(Text)
    totp_offer: Mapped[bytes | None]
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("identities.id"), index=True)
