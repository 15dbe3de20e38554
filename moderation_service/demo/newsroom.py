"""The demo newsroom: a site with its keys, a moderator, and a few invented articles."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.articles.content import Origin
from moderation_service.articles.importing import read_page
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.demo.world import world
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.models import Moderator, Site

SLUG = "demo"
USERNAME = "demo"
ACTOR = "cli:demo"
EXTERNAL_ID = "harbour-water-cure"


@dataclass(frozen=True, slots=True)
class DemoCredentials:
    """What a newcomer needs; a secret is None when an earlier run made it and showed it."""

    moderator: str
    password: str | None
    publishable_key: str | None
    secret_key: str | None
    origin: str
    external_id: str


def load(settings: Settings) -> DemoCredentials:
    """Make the newsroom where there is none yet, and bring its articles up to date."""
    database = Database(settings, pool_size=1)
    try:
        with database.transaction() as session:
            credentials = _people_and_keys(session, settings.public_url)
            site = sites.site_by_slug(session, SLUG)
            _publish_articles(session, site)
        return credentials
    finally:
        database.close()


def _people_and_keys(session: Session, origin: str) -> DemoCredentials:
    site = session.scalar(select(Site).where(Site.slug == SLUG))
    publishable = secret = password = None
    if site is None:
        site = sites.add_site(session, slug=SLUG, name="The Demo Courier", url=origin, origins=[origin], actor=ACTOR)
        publishable = sites.add_key(session, site, kind="publishable", name="demo widget", actor=ACTOR)
        secret = sites.add_key(session, site, kind="secret", name="demo server", actor=ACTOR)
    elif origin not in site.origins:
        sites.set_origins(session, SLUG, [*site.origins, origin], actor=ACTOR)
    if session.scalar(select(Moderator.id).where(Moderator.username == USERNAME)) is None:
        password = secrets.token_urlsafe(12)
        person = people.add_moderator(
            session, username=USERNAME, display_name="Demo Moderator", password=None, actor=ACTOR
        )
        # It is printed for whoever runs this, who is the demo's moderator himself.
        people.set_password(session, person, password, actor=ACTOR, temporary=False)
        people.grant_role(session, person, Role.ADMIN, site=None, actor=ACTOR)
    return DemoCredentials(USERNAME, password, publishable, secret, origin, EXTERNAL_ID)


def _publish_articles(session: Session, site: Site) -> None:
    for page in sorted(resources.files("moderation_service.demo").joinpath("articles").iterdir(), key=lambda f: f.name):
        known = world()[page.name.removesuffix(".txt")]
        read = read_page(page.read_bytes(), name=page.name, language=known.language)
        pipeline.publish_article(
            session,
            site.id,
            read.external_id,
            read.content,
            url=f"{site.url}/articles/{read.external_id}",
            origin=Origin(known.origin),
            actor=ACTOR,
        )
